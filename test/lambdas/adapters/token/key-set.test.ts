import { beforeEach, expect, it } from 'vitest';
import { KeySet, KeysUnavailable } from '../../../../lambdas/adapters/token/key-set.ts';
import { jwk, rsaKey } from '../../../support/issuer.ts';
import { recordingLog, type RecordingLog } from '../../../support/recording-log.ts';
import { testWorld, type TestWorld } from '../../../support/world.ts';

const key = rsaKey('key-1');
const minute = 60_000;

let world: TestWorld;
let log: RecordingLog;
let fetches: number;
let answer: () => Promise<Buffer>;
let keySet: KeySet;

beforeEach(() => {
  world = testWorld();
  log = recordingLog();
  fetches = 0;
  publish('key-1');
  keySet = new KeySet({
    world,
    log,
    download: () => {
      fetches++;
      return answer();
    },
  });
});

function publish(...kids: readonly string[]): void {
  const keys = kids.map((kid) => jwk({ ...key, kid }));
  answer = () => Promise.resolve(Buffer.from(JSON.stringify({ keys })));
}

function fail(): void {
  answer = () => Promise.reject(new Error('no answer'));
}

/** Whether a key of that name is held, asked for first where that is due. */
async function ready(kid: string): Promise<boolean> {
  const keys = await keySet.named(kid, 'RS256');
  return keys.length > 0;
}

it('asks once at the start, and not again for five minutes', async () => {
  await keySet.hydrate();
  for (let times = 0; times < 5; times++) {
    await ready('key-1');
    world.advance(minute);
  }
  expect(fetches).toBe(1);
  world.advance(1);
  await ready('key-1');
  expect(fetches).toBe(2);
});

it('lets all who need it at one moment wait for one fetch', async () => {
  await Promise.all([keySet.hydrate(), ready('key-1'), ready('key-1')]);
  expect(fetches).toBe(1);
  world.advance(6 * minute);
  await Promise.all(Array.from({ length: 20 }, () => ready('key-1')));
  expect(fetches).toBe(2);
});

it('goes on with an old set while no newer one can be had, asks every ten seconds, and says so each time', async () => {
  await keySet.hydrate();
  fail();
  world.advance(6 * minute);
  for (let seconds = 0; seconds < 20; seconds++) {
    expect(await ready('key-1')).toBe(true);
    world.advance(1000);
  }
  expect(fetches).toBe(3);
  expect(log.lines.map((line): unknown => JSON.parse(line))).toEqual(
    [360, 370].map((ageSeconds) => ({
      level: 'warn',
      event: 'keys not refreshed',
      error: 'Error',
      reason: 'no answer',
      ageSeconds,
    })),
  );
});

it('trusts no set that is older than an hour, and one again as soon as it can be had', async () => {
  await keySet.hydrate();
  fail();
  world.advance(60 * minute);
  await ready('key-1');
  world.advance(10_000);
  await expect(ready('key-1')).rejects.toThrow(KeysUnavailable);
  publish('key-2');
  world.advance(10_000);
  expect(await ready('key-2')).toBe(true);
  expect(await ready('key-1')).toBe(false);
});

it('does not take a clock that was set back for a young set', async () => {
  await keySet.hydrate();
  fail();
  world.advance(-6 * minute);
  await ready('key-1');
  expect(fetches).toBe(2);
  world.advance(-60 * minute);
  await expect(ready('key-1')).rejects.toThrow(KeysUnavailable);
});

it('finds a key that was rotated in, and pauses for ten seconds after one that is not there', async () => {
  await keySet.hydrate();
  publish('key-1', 'key-2');
  await ready('key-2');
  expect(fetches).toBe(2);
  await ready('guess-1');
  expect(fetches).toBe(3);
  for (let seconds = 0; seconds < 10; seconds++) {
    await ready('guess-2');
    expect(fetches).toBe(3);
    world.advance(1000);
  }
  publish('key-1', 'key-3');
  expect(await ready('key-3')).toBe(true);
  expect(await ready('key-2')).toBe(false);
});

it('pauses after a failed fetch for an unknown key too', async () => {
  await keySet.hydrate();
  fail();
  for (let guess = 0; guess < 30; guess++) await ready(`guess-${guess}`);
  expect(fetches).toBe(2);
});

it('asks again one, three, seven, fifteen and twenty-five seconds after a start without keys', async () => {
  fail();
  await keySet.hydrate();
  const at: number[] = [];
  for (let second = 0; second < 26; second++) {
    const before = fetches;
    await expect(ready('key-1')).rejects.toThrow(KeysUnavailable);
    if (fetches > before) at.push(second);
    world.advance(1000);
  }
  expect(at).toEqual([1, 3, 7, 15, 25]);
});

it('serves the first who comes after a start without keys, once they can be had', async () => {
  fail();
  await keySet.hydrate();
  publish('key-1');
  world.advance(1000);
  expect(await ready('key-1')).toBe(true);
});

it.each<[string, string]>([
  ['no JSON', '<html>Sign in</html>'],
  ['null', 'null'],
  ['a list', '[]'],
  ['no list', '{"keys":{}}'],
  ['an empty list', '{"keys":[]}'],
  [
    'no key among them',
    '{"keys":[null,7,"key",{},{"kid":"a"},{"kty":"RSA","kid":"a"},{"kty":"oct","kid":"a"}]}',
  ],
  ['broken UTF-8', '{"keys":[\ud800'],
  ['nesting', '['.repeat(100_000)],
])('keeps the set that it has when the new one is %s', async (_, document) => {
  await keySet.hydrate();
  answer = () => Promise.resolve(Buffer.from(document));
  world.advance(6 * minute);
  expect(await ready('key-1')).toBe(true);
  expect(log.events('warn')).toEqual(['keys not refreshed']);
});
