import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ApplicationSource } from '../../src/assembly/application-source.ts';
import { readApplication } from '../../src/assembly/read-assembly.ts';
import { readTemplateFile } from '../../src/assembly/template-file.ts';
import type { AssemblyModel } from '../../src/model.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const location = { account: '111122223333', region: 'eu-west-1' };

/** A folder with a template, and with code in `code/`. */
function folderWith(text: string | Buffer, name = 'my chat.yaml'): { directory: string; file: string } {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'code'));
  writeFileSync(join(directory, 'code', 'index.js'), 'exports.handler = async () => 1;');
  const file = join(directory, name);
  writeFileSync(file, text);
  return { directory, file };
}

function read(source: ApplicationSource): AssemblyModel {
  return readApplication(source, { inlineCodeDirectory: temporaryDirectory() });
}

function propertyIn(yaml: string): unknown {
  const text = `Resources:\n  It:\n    Type: AWS::CloudWatch::Alarm\n    Properties:\n      Value: ${yaml}`;
  const { template } = readTemplateFile(folderWith(text).file, location);
  return template.resources[0]?.properties['Value'];
}

const functionWith = (code: string): string => `
Parameters:
  Colour: { Type: String, Default: blue, AllowedValues: [blue, red] }
Resources:
  Chat:
    Type: AWS::Lambda::Function
    Properties: { Runtime: nodejs22.x, Handler: index.handler, ${code} Environment: { Variables: { COLOUR: !Ref Colour } } }
`;

describe('a template in YAML', () => {
  it.each([
    ['!Ref Name', { Ref: 'Name' }],
    ['!Condition Name', { Condition: 'Name' }],
    ['!GetAtt Table.Arn', { 'Fn::GetAtt': 'Table.Arn' }],
    ['!GetAtt [Table, Arn]', { 'Fn::GetAtt': ['Table', 'Arn'] }],
    ["!Sub '${A}-b'", { 'Fn::Sub': '${A}-b' }],
    ["!Sub ['${A}', { A: !Ref B }]", { 'Fn::Sub': ['${A}', { A: { Ref: 'B' } }] }],
    [
      '!Join [/, [a, !If [C, !Ref A, !Ref AWS::NoValue]]]',
      { 'Fn::Join': ['/', ['a', { 'Fn::If': ['C', { Ref: 'A' }, { Ref: 'AWS::NoValue' }] }]] },
    ],
    ['!Select [0, !Split [",", "a,b"]]', { 'Fn::Select': [0, { 'Fn::Split': [',', 'a,b'] }] }],
    ['!FindInMap [Map, !Ref A, b]', { 'Fn::FindInMap': ['Map', { Ref: 'A' }, 'b'] }],
    ['!Not [!Equals [a, b]]', { 'Fn::Not': [{ 'Fn::Equals': ['a', 'b'] }] }],
    ['!ImportValue other-stack', { 'Fn::ImportValue': 'other-stack' }],
    ['{ Fn::Sub: x }', { 'Fn::Sub': 'x' }],
    ['2012-10-17', '2012-10-17'],
    ['yes', true],
  ])('reads %s', (yaml, value) => {
    expect(propertyIn(yaml)).toEqual(value);
  });

  it.each([
    [
      'Resources: [',
      /^\/.*my chat\.yaml is neither JSON nor YAML \(.*[^:]\); name a CloudFormation template in JSON or YAML\.$/,
    ],
    [
      '/**\n * Rooms: a CDK application.\n */\nconst a = 1;\n',
      /my chat\.yaml is neither JSON nor YAML \([^:\n]* at line \d+, column \d+\); name a CloudFormation template in JSON or YAML\.$/,
    ],
    ['Resources:\n  A: !Foo bar', /^\/.*my chat\.yaml is neither JSON nor YAML \(Unresolved tag: !Foo/],
    ['Resources:\n  A: 1\n  A: 2', /is neither JSON nor YAML \(Map keys must be unique/],
    ['Hello: world', /my chat\.yaml has no Resources; name a CloudFormation template in JSON or YAML\.$/],
  ])('is refused in one sentence as %j', (text, sentence) => {
    expect(() => readTemplateFile(folderWith(text).file, location)).toThrow(sentence);
  });

  it('is refused when it is not there', () => {
    expect(() => readTemplateFile('/nowhere/template.yaml', location)).toThrow(
      '/nowhere/template.yaml cannot be read; name a CloudFormation template in JSON or YAML.',
    );
  });
});

describe('a template that was written by hand', () => {
  it('is read with its scalars as CloudFormation reads them', () => {
    const { file, directory } = folderWith(`
AWSTemplateFormatVersion: 2010-09-09
Transform: AWS::Serverless-2016-10-31
Parameters: { Owner: { Type: String, Default: 065115117704 }, Flag: { Type: String, Default: "true" } }
Mappings: { Marks: { Y: { N: 8.0 } } }
Conditions: { Wanted: !Equals [!Ref Flag, true] }
Resources:
  Rooms:
    Type: AWS::DynamoDB::Table
    Condition: Wanted
    Properties:
      KeySchema: [{ AttributeName: Y, KeyType: HASH }]
      AttributeDefinitions: [{ AttributeName: Y, AttributeType: N }]
  Chat:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: .
      Handler: code/index.handler
      Runtime: nodejs22.x
      Timeout: 0x10
      Environment:
        Variables:
          N: N
          Y: y
          WANTED: yes
          ACCOUNT: 012345678901
          QUOTED: "012345678901"
          OWNER: !Ref Owner
          MARK: !FindInMap [Marks, Y, N]
          RATE: 1e3
          HEX: 0x10
          MANY: 1_000
          TIME: 12:30:45
          DAY: 2012-10-17
`);
    const { tables, functions } = read({ templateFile: file });
    expect(tables[0]?.attributeDefinitions).toEqual([{ attributeName: 'Y', attributeType: 'N' }]);
    expect(functions[0]).toMatchObject({ codeDirectory: directory, timeoutSeconds: 16 });
    expect(functions[0]?.environment).toEqual({
      N: 'N',
      Y: 'y',
      WANTED: 'true',
      ACCOUNT: '1.2345678901E10',
      QUOTED: '012345678901',
      OWNER: '7133765572',
      MARK: '8.0',
      RATE: '1000.0',
      HEX: '16',
      MANY: '1000',
      TIME: '45045',
      DAY: '2012-10-17',
    });
  });

  it('is refused with a null in what is read', () => {
    const { file } = folderWith(functionWith('Code: ./code,').replace('!Ref Colour', '~'));
    expect(() => read({ templateFile: file })).toThrow(
      'Chat (AWS::Lambda::Function): the property Environment.Variables.COLOUR is null, which CloudFormation does not take',
    );
  });

  it('is refused when it is longer than CloudFormation takes', () => {
    const { file } = folderWith(`Description: ${'x'.repeat(1_048_576)}`);
    expect(() => read({ templateFile: file })).toThrow(
      /my chat\.yaml is longer than the 1048576 characters that CloudFormation takes; split it into several stacks\.$/,
    );
  });

  it('has its code where "Code" says, as a folder or as one file, seen from the template', () => {
    for (const code of ['Code: ./code,', 'Code: code/index.js,']) {
      const { directory, file } = folderWith(functionWith(code));
      expect(read({ templateFile: file }).functions[0]).toMatchObject({
        codeDirectory: join(directory, 'code'),
        environment: { COLOUR: 'blue' },
      });
    }
  });

  it('has its code where whoever runs it says, before what stands in it', () => {
    const { directory, file } = folderWith(functionWith('Code: { S3Bucket: b, S3Key: k },'));
    const code = new Map([['Chat', join(directory, 'code')]]);
    const { functions } = read({ templateFile: file, code, parameters: new Map([['Colour', 'red']]) });
    expect(functions[0]).toMatchObject({
      codeDirectory: join(directory, 'code'),
      environment: { COLOUR: 'red' },
    });
  });

  it('has the name of its file as the name of its stack', () => {
    expect(read({ templateFile: folderWith(functionWith('Code: ./code,')).file }).functions[0]?.name).toMatch(
      /^my-chat-Chat-\w{12}$/,
    );
  });

  it('is read as JSON, too', () => {
    const properties = { Runtime: 'nodejs22.x', Handler: 'index.handler', Code: './code' };
    const resources = { Chat: { Type: 'AWS::Lambda::Function', Properties: properties } };
    const { file } = folderWith(JSON.stringify({ Resources: resources }), 'chat.json');
    expect(read({ templateFile: file }).functions).toHaveLength(1);
  });

  it.each<[string, BufferEncoding, string, string]>([
    ['UTF-16, with a mark', 'utf16le', '\uFEFF', 'in UTF-16'],
    ['UTF-16, without one', 'utf16le', '', 'in UTF-16'],
    ['Latin-1', 'latin1', '', 'no UTF-8'],
  ])('is refused by the name of its encoding: %s', (_title, encoding, mark, named) => {
    const { file } = folderWith(Buffer.from(`${mark}# café\n${functionWith('Code: ./code,')}`, encoding));
    expect(() => read({ templateFile: file })).toThrow(
      `${file} is ${named}; save it in UTF-8, the encoding of CloudFormation templates.`,
    );
  });

  it('may begin with the mark of UTF-8', () => {
    const { file } = folderWith(`\uFEFF${functionWith('Code: ./code,')}`);
    expect(read({ templateFile: file }).functions).toHaveLength(1);
  });

  it.each<[string, string, Partial<ApplicationSource>]>([
    ['its code /.*/nowhere does not exist', 'Code: ./nowhere,', {}],
    ['its code is not in the template: say where it lies, as in Chat=./folder', 'Code: { S3Key: k },', {}],
    [
      'There is code for Chatt, a resource that my-chat does not have.',
      'Code: ./code,',
      { code: new Map([['Chatt', '/']]) },
    ],
    [
      'The code of Chat should lie in /nowhere, which is no folder.',
      'Code: ./code,',
      { code: new Map([['Chat', '/nowhere']]) },
    ],
    [
      'The template has no parameter Color; there are Colour.',
      'Code: ./code,',
      { parameters: new Map([['Color', 'red']]) },
    ],
    [
      'the parameter Colour is green, and must be one of blue, red',
      'Code: ./code,',
      { parameters: new Map([['Colour', 'green']]) },
    ],
  ])('is refused: %s', (sentence, code, source) => {
    const { file } = folderWith(functionWith(code));
    expect(() => read({ templateFile: file, ...source })).toThrow(new RegExp(sentence));
  });
});
