import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { locateEngine } from '../../src/dynamodb/engine-location.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function executable(directory: string): string {
  const file = join(directory, 'dynoxide');
  writeFileSync(file, '');
  chmodSync(file, 0o755);
  return file;
}

const nothing = (): undefined => undefined;

describe('the DynamoDB engine is', () => {
  it('first of all what DYNAMODB_ENDPOINT names', () => {
    const named = executable(temporaryDirectory());
    const environment = { DYNAMODB_ENDPOINT: 'http://127.0.0.1:8000/', DYNOXIDE_BIN: named };
    expect(locateEngine(environment, () => named)).toEqual({
      kind: 'endpoint',
      url: 'http://127.0.0.1:8000',
    });
  });

  it('then what DYNOXIDE_BIN names', () => {
    const [named, packaged] = [executable(temporaryDirectory()), executable(temporaryDirectory())];
    expect(locateEngine({ DYNOXIDE_BIN: named }, () => packaged)).toEqual({ kind: 'binary', path: named });
  });

  it('then the installed package', () => {
    const [directory, packaged] = [temporaryDirectory(), executable(temporaryDirectory())];
    executable(directory);
    expect(locateEngine({ PATH: directory }, () => packaged)).toEqual({ kind: 'binary', path: packaged });
  });

  it('last of all on the PATH', () => {
    const directory = temporaryDirectory();
    const found = executable(directory);
    expect(locateEngine({ PATH: `/nowhere:${directory}` }, nothing)).toEqual({ kind: 'binary', path: found });
  });
});

describe('one sentence says how to get an engine', () => {
  it('when there is none', () => {
    expect(() => locateEngine({ PATH: '/nowhere' }, nothing)).toThrow(
      'No DynamoDB engine was found: on Linux x64 "npm install" brings one (@dynoxide/linux-x64); elsewhere put a ' +
        'dynoxide binary on the PATH, name it in DYNOXIDE_BIN, or name a running DynamoDB Local in DYNAMODB_ENDPOINT.',
    );
  });

  it('when DYNOXIDE_BIN names nothing, instead of taking another one', () => {
    const packaged = executable(temporaryDirectory());
    expect(() => locateEngine({ DYNOXIDE_BIN: '/nowhere/dynoxide' }, () => packaged)).toThrow(
      'DYNOXIDE_BIN names /nowhere/dynoxide, which is not an executable file; name the dynoxide binary.',
    );
  });

  it('when DYNAMODB_ENDPOINT is no URL', () => {
    expect(() => locateEngine({ DYNAMODB_ENDPOINT: 'localhost' })).toThrow(
      'DYNAMODB_ENDPOINT is "localhost"; it must be a URL such as http://127.0.0.1:8000.',
    );
  });
});
