import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { eventually } from '../support/eventually.ts';
import { rooms, testedDynamoDb } from '../support/local-dynamodb.ts';
import { isRunning } from '../support/running-processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

function script(text: string): string {
  const file = join(temporaryDirectory(), 'dynoxide');
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
  return file;
}

it('uses an engine that runs already, and leaves it running', async () => {
  const own = await testedDynamoDb([]);
  const foreign = await testedDynamoDb([rooms], { environment: { DYNAMODB_ENDPOINT: own.url } });
  expect(foreign.url).toBe(own.url);
  expect(foreign.pid).toBeUndefined();
  await foreign.stop();
  expect(isRunning(own.pid ?? 0)).toBe(true);
});

it('says in a sentence that nothing answers where an engine should run', async () => {
  const gone = await testedDynamoDb([]);
  await gone.stop();
  await expect(testedDynamoDb([], { environment: { DYNAMODB_ENDPOINT: gone.url } })).rejects.toThrow(
    `Nothing answers at DYNAMODB_ENDPOINT ${gone.url} as DynamoDB does; start DynamoDB Local there.`,
  );
});

it('says in a sentence why an engine does not start', async () => {
  const path = script('echo "no room left" >&2; exit 1');
  await expect(testedDynamoDb([], { environment: { DYNOXIDE_BIN: path } })).rejects.toThrow(
    `The DynamoDB engine ${path} does not start: no room left`,
  );
  await expect(testedDynamoDb([], { environment: { DYNOXIDE_BIN: script('exit 0') } })).rejects.toThrow(
    /does not start: it wrote nothing\.$/,
  );
});

it.each([
  ['without', ''],
  ['with', 'SQLite format 3\0'],
])('says of a file that is no database what to do, %s the beginning of one', async (_with, beginning) => {
  const dataDirectory = temporaryDirectory();
  const file = join(dataDirectory, 'dynamodb.sqlite');
  writeFileSync(file, beginning + 'garbage '.repeat(1000));
  await expect(testedDynamoDb([rooms], { dataDirectory })).rejects.toThrow(
    `${file} is no database of this program, or it is damaged; remove it to begin anew, or choose another data folder.`,
  );
});

it('tries another port when its own was taken meanwhile, and gives up after three', async () => {
  const tries = join(temporaryDirectory(), 'tries');
  const path = script(`echo "$5" >> ${tries}; echo "error: port $5 is already in use"; exit 1`);
  await expect(testedDynamoDb([], { environment: { DYNOXIDE_BIN: path } })).rejects.toThrow(
    /already in use$/,
  );
  expect(readFileSync(tries, 'utf8').trim().split('\n')).toHaveLength(3);
});

it('reports an engine that ends by itself, once and in a sentence', async () => {
  const { pid = 0, deaths } = await testedDynamoDb([rooms]);
  process.kill(pid, 'SIGKILL');
  await eventually(() => expect(deaths).toHaveLength(1));
  expect(deaths[0]).toMatch(
    /^The DynamoDB engine ended by itself \(signal SIGKILL\); the last that it wrote: /,
  );
});

it('does not report an engine that is stopped', async () => {
  const dynamodb = await testedDynamoDb([rooms]);
  const { pid = 0, deaths } = dynamodb;
  await dynamodb.stop();
  expect(isRunning(pid)).toBe(false);
  expect(deaths).toEqual([]);
});

it.runIf(process.platform === 'linux')(
  'listens where no web page can look for it, as the engine itself refuses nobody',
  async () => {
    const engines = await Promise.all([testedDynamoDb([]), testedDynamoDb([])]);
    const [one = '', other = ''] = engines.map(({ url }) => new URL(url).hostname);
    expect(one).toMatch(/^127\.\d+\.\d+\.\d+$/);
    expect(new Set([one, other, '127.0.0.1']).size).toBe(3);
    for (const { url } of engines) {
      const onTheUsualAddress = fetch(`http://127.0.0.1:${new URL(url).port}`);
      await expect(onTheUsualAddress).rejects.toThrow('fetch failed');
    }
  },
);
