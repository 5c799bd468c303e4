import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { errorOf, functionModel, returned, testedFunctions } from '../support/local-functions.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A folder outside of any project, as code is that nobody bundled. */
function codeOf(files: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

async function invoked(files: Readonly<Record<string, string>>) {
  const model = functionModel('index.handler', { codeDirectory: codeOf(files) });
  const tested = testedFunctions([model]);
  return { result: await tested.invoke('index.handler'), tested };
}

const ownClient = {
  'node_modules/@aws-sdk/client-dynamodb/package.json': '{"main":"index.js"}',
  'node_modules/@aws-sdk/client-dynamodb/index.js': 'exports.DynamoDBClient = class Own {};',
};

describe('the SDK that a function left out is the runtime’s', () => {
  it.each<[string, Readonly<Record<string, string>>]>([
    [
      'when it is required',
      {
        'index.js':
          "const { DynamoDBClient } = require('@aws-sdk/client-dynamodb'); exports.handler = async () => DynamoDBClient.name;",
      },
    ],
    [
      'when it is imported',
      {
        'index.mjs':
          "import { DynamoDBClient } from '@aws-sdk/client-dynamodb'; export const handler = async () => DynamoDBClient.name;",
      },
    ],
    [
      'when a CommonJS file imports it later',
      {
        'index.js':
          "exports.handler = async () => (await import('@aws-sdk/client-dynamodb')).DynamoDBClient.name;",
      },
    ],
    [
      'when a module imports what requires it',
      {
        'index.mjs': "import part from './part.cjs'; export const handler = async () => part();",
        'part.cjs': "module.exports = () => require('@aws-sdk/client-dynamodb').DynamoDBClient.name;",
      },
    ],
    [
      'when a module makes itself a require',
      {
        'index.mjs':
          "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url); export const handler = async () => require('@aws-sdk/client-dynamodb').DynamoDBClient.name;",
      },
    ],
  ])('%s', async (_title, files) => {
    const { result } = await invoked(files);
    expect(returned(result)).toBe('DynamoDBClient');
  });

  it.each(['@aws-sdk/lib-dynamodb', '@aws-sdk/client-apigatewaymanagementapi', '@smithy/signature-v4'])(
    'with the rest of it: %s',
    async (name) => {
      const text = `const it = require('${name}'); exports.handler = async () => Object.keys(it).length > 0;`;
      const { result } = await invoked({ 'index.js': text });
      expect(returned(result)).toBe(true);
    },
  );

  it.each([
    [
      'required',
      'index.js',
      "exports.handler = async () => new (require('@aws-sdk/client-dynamodb').DynamoDBClient)().constructor.name;",
    ],
    [
      'imported',
      'index.mjs',
      "import sdk from '@aws-sdk/client-dynamodb'; export const handler = async () => sdk.DynamoDBClient.name;",
    ],
  ])('but the function’s own comes first when it is %s', async (_title, file, text) => {
    const { result } = await invoked({ [file]: text, ...ownClient });
    expect(returned(result)).toBe('Own');
  });
});

describe('what else is missing is one sentence with the remedy', () => {
  it.each<[string, string, string, RegExp]>([
    [
      'a package of the machine that the runtime does not have, required',
      'index.js',
      "require('ws');",
      /^Cannot find 'ws', which \/.*\/index\.js asks for: Lambda's runtime does not have it; run "npm install ws" beside the function, or bundle it$/,
    ],
    [
      'a package of the machine that the runtime does not have, imported',
      'index.mjs',
      "import 'yaml/util';",
      /^Cannot find 'yaml', which \/.*\/index\.mjs asks for: Lambda's runtime does not have it; run "npm install yaml" beside/,
    ],
    [
      'a part of the SDK that is not installed here',
      'index.js',
      "require('@aws-sdk/client-nowhere/dist');",
      /^Cannot find '@aws-sdk\/client-nowhere\/dist', which \/.*\/index\.js asks for: Lambda's runtime has it and this machine has not; run "npm install --no-save @aws-sdk\/client-nowhere" beside the function or beside the local run$/,
    ],
    [
      'a part of the SDK that is not installed here, imported',
      'index.mjs',
      "import '@aws-sdk/client-nowhere';",
      /^Cannot find '@aws-sdk\/client-nowhere', which \/.*\/index\.mjs asks for: Lambda's runtime has it/,
    ],
    [
      'version 2 of the SDK',
      'index.js',
      "require('aws-sdk/clients/dynamodb');",
      /^Cannot find 'aws-sdk\/clients\/dynamodb', which \/.*\/index\.js asks for: runtimes from nodejs18\.x on have version 3 of the SDK only; run "npm install aws-sdk"/,
    ],
    [
      'a file of its own',
      'index.js',
      "require('./part');",
      /^Cannot find '\.\/part', which \/.*\/index\.js asks for: it is not in the function's code; check its path, or build the function again$/,
    ],
    [
      'the handler’s own file',
      'other.js',
      '',
      /^The handler's file is not in the function's code: there should be index\.js, \.mjs or \.cjs in \//,
    ],
  ])('%s', async (_title, file, text, sentence) => {
    const { result, tested } = await invoked({ [file]: text });
    const document = errorOf(result);
    expect(document).toMatchObject({ errorType: 'Runtime.ImportModuleError' });
    expect(document).toHaveProperty('errorMessage', expect.stringMatching(sentence));
    // Once, and by the event that waited for it.
    expect(tested.output).toMatchObject([{ requestId: result.requestId }]);
    expect(tested.output[0]?.text).toMatch(
      new RegExp(
        String.raw`^\S+Z\t${result.requestId}\tERROR\tInit Error\t\{"errorType":"Runtime\.ImportModuleError"`,
      ),
    );
  });
});
