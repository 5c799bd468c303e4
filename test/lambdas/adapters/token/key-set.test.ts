import type { Jwks } from 'aws-jwt-verify/jwk';
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
let handedOver: Jwks[];
let keySet: KeySet;

beforeEach(() => {
  world = testWorld();
  log = recordingLog();
  fetches = 0;
  handedOver = [];
  publish('key-1');
  keySet = new KeySet({
    world,
    log,
    download: () => {
      fetches++;
      return answer();
    },
    replace: (keys) => void handedOver.push(keys),
  });
});

function publish(...kids: readonly string[]): void {
  const keys = kids.map((kid) => jwk({ ...key, kid }));
  answer = () => Promise.resolve(Buffer.from(JSON.stringify({ keys })));
}

function fail(): void {
  answer = () => Promise.reject(new Error('no answer'));
}

const held = () => handedOver.at(-1)?.keys.map(({ kid }) => kid);

it('asks once at the start, and not again for five minutes', async () => {
  await keySet.hydrate();
  for (let times = 0; times < 5; times++) {
    await keySet.ready('key-1');
    world.advance(minute);
  }
  expect(fetches).toBe(1);
  world.advance(1);
  await keySet.ready('key-1');
  expect(fetches).toBe(2);
});

it('lets all who need it at one moment wait for one fetch', async () => {
  await Promise.all([keySet.hydrate(), keySet.ready('key-1'), keySet.ready('key-1')]);
  expect(fetches).toBe(1);
  world.advance(6 * minute);
  await Promise.all(Array.from({ length: 20 }, () => keySet.ready('key-1')));
  expect(fetches).toBe(2);
});

it('goes on with an old set while no newer one can be had, asks every ten seconds, and says so each time', async () => {
  await keySet.hydrate();
  fail();
  world.advance(6 * minute);
  for (let seconds = 0; seconds < 20; seconds++) {
    await keySet.ready('key-1');
    world.advance(1000);
  }
  expect(fetches).toBe(3);
  expect(held()).toEqual(['key-1']);
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
  await keySet.ready('key-1');
  world.advance(10_000);
  await expect(keySet.ready('key-1')).rejects.toThrow(KeysUnavailable);
  publish('key-2');
  world.advance(10_000);
  await keySet.ready('key-2');
  expect(held()).toEqual(['key-2']);
});

it('does not take a clock that was set back for a young set', async () => {
  await keySet.hydrate();
  fail();
  world.advance(-6 * minute);
  await keySet.ready('key-1');
  expect(fetches).toBe(2);
  world.advance(-60 * minute);
  await expect(keySet.ready('key-1')).rejects.toThrow(KeysUnavailable);
});

it('finds a key that was rotated in, and pauses for ten seconds after one that is not there', async () => {
  await keySet.hydrate();
  publish('key-1', 'key-2');
  await keySet.ready('key-2');
  expect(fetches).toBe(2);
  await keySet.ready('guess-1');
  expect(fetches).toBe(3);
  for (let seconds = 0; seconds < 10; seconds++) {
    await keySet.ready('guess-2');
    expect(fetches).toBe(3);
    world.advance(1000);
  }
  publish('key-1', 'key-3');
  await keySet.ready('key-3');
  expect(held()).toEqual(['key-1', 'key-3']);
});

it('pauses after a failed fetch for an unknown key too', async () => {
  await keySet.hydrate();
  fail();
  for (let guess = 0; guess < 30; guess++) await keySet.ready(`guess-${guess}`);
  expect(fetches).toBe(2);
});

it('asks again one, three, seven, fifteen and twenty-five seconds after a start without keys', async () => {
  fail();
  await keySet.hydrate();
  const at: number[] = [];
  for (let second = 0; second < 26; second++) {
    const before = fetches;
    await expect(keySet.ready('key-1')).rejects.toThrow(KeysUnavailable);
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
  await keySet.ready('key-1');
  expect(held()).toEqual(['key-1']);
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
  await keySet.ready('key-1');
  expect(held()).toEqual(['key-1']);
  expect(log.events('warn')).toEqual(['keys not refreshed']);
});
