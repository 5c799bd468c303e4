import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { tokenVerifier, type TokenVerifier } from '../../../../lambdas/adapters/token/verifier.ts';
import { logEvents } from '../../../../lambdas/contract/log-events.ts';
import { forge, jwk, rsaKey, startTestIssuer, type TestIssuer } from '../../../support/issuer.ts';
import type { RecordingLog } from '../../../support/recording-log.ts';
import type { TestWorld } from '../../../support/world.ts';
import { claims, curve, header, key, names, newTrial, published, stranger, type Trial } from './support.ts';

let issuer: TestIssuer;
let world: TestWorld;
let log: RecordingLog;
let trusting: Trial['trusting'];
let verifier: TokenVerifier;

beforeAll(async () => {
  issuer = await startTestIssuer();
});
beforeEach(async () => {
  ({ world, log, trusting, verifier } = await newTrial(issuer));
});
afterAll(() => issuer.stop());

async function accepted(token: string, by = verifier): Promise<boolean> {
  return (await by.verify(token)).ok;
}

it('asks for the keys once for many tokens, and at most once in ten seconds for unknown keys', async () => {
  const before = issuer.fetches;
  for (let times = 0; times < 10; times++) await accepted(forge(header, claims(), key));
  expect(issuer.fetches).toBe(before);
  for (let times = 0; times < 10; times++) {
    expect(await accepted(forge({ ...header, kid: `guess-${times}` }, claims(), key))).toBe(false);
  }
  expect(issuer.fetches).toBe(before + 1);
});

it('asks for no keys for a token that is refused whatever they are', async () => {
  const before = issuer.fetches;
  const kid = 'guess';
  for (const token of [
    forge({ ...header, kid }, claims({ iss: 'https://evil.example' }), key),
    forge({ ...header, kid, typ: 'JWT' }, claims(), key),
    forge({ ...header, kid, alg: 'RS512' }, claims(), key),
    forge({ ...header, kid, crit: ['x'] }, claims(), key),
  ]) {
    expect(await accepted(token)).toBe(false);
  }
  expect(issuer.fetches).toBe(before);
});

it('accepts a key that was rotated in since it started', async () => {
  const rotated = rsaKey('key-2');
  issuer.publish([jwk(rotated)]);
  expect(await accepted(forge({ ...header, kid: 'key-2' }, claims(), rotated))).toBe(true);
});

it('refuses a key that was withdrawn, or replaced under its name, after five minutes', async () => {
  const token = forge(header, claims(), key);
  expect(await accepted(token)).toBe(true);
  issuer.publish([jwk(stranger)]);
  world.advance(5 * 60_000);
  expect(await accepted(token)).toBe(true);
  world.advance(1);
  expect(await accepted(token)).toBe(false);
  expect(await accepted(forge(header, claims(), stranger))).toBe(true);
});

it('goes on with the keys that it has while the key set hangs, and asks once', async () => {
  issuer.hang();
  const before = issuer.fetches;
  const guesses = Array.from({ length: 12 }, (_, index) =>
    accepted(forge({ ...header, kid: `guess-${index}` }, claims(), key)),
  );
  const genuine = Array.from({ length: 12 }, () => accepted(forge(header, claims(), key)));
  expect(await Promise.all(genuine)).toEqual(genuine.map(() => true));
  expect(await Promise.all(guesses)).toEqual(guesses.map(() => false));
  expect(issuer.fetches).toBe(before + 1);
  expect(log.events('warn')).toEqual([logEvents.keysNotRefreshed]);
});

it('ends in a fault, not in a refusal, when no keys could be had, and starts all the same', async () => {
  const token = forge(header, claims(), key);
  for (const [status, body] of [
    [500, ''],
    [503, JSON.stringify({ keys: published })],
    [200, 'not JSON'],
    [200, '{"keys":"none"}'],
    [200, '{"keys":[]}'],
  ] as const) {
    issuer.answer(status, body);
    const cold = trusting();
    await cold.hydrate();
    await expect(cold.verify(token)).rejects.toThrow('the keys of the issuer cannot be had');
  }
  issuer.publish(published);
});

it('refuses tokens of a key that is none, and accepts those of the good keys beside it', async () => {
  issuer.publish([
    { ...jwk(key), kid: 'odd', n: 'AQ', e: '' },
    { ...jwk(curve), kid: 'bent', alg: 'ES256', x: 'AA' },
    { ...jwk(key), kid: 'typed', use: 7 },
    { ...jwk(key), kid: 'sealing', use: 'enc' },
    'none',
    jwk(key),
  ]);
  const fresh = trusting();
  for (const kid of ['odd', 'typed', 'sealing']) {
    expect(await accepted(forge({ ...header, kid }, claims(), key), fresh)).toBe(false);
  }
  expect(await accepted(forge({ ...header, kid: 'bent', alg: 'ES256' }, claims(), curve), fresh)).toBe(false);
  expect(await accepted(forge(header, claims(), key), fresh)).toBe(true);
});

/** A key of another issuer's making under the name of the one that signs. */
const other = jwk(stranger);

it.each<[string, readonly unknown[]]>([
  ['for RS512 stands first', [{ ...other, alg: 'RS512' }, jwk(key)]],
  ['of another type stands first', [jwk({ ...curve, kid: key.kid }, { alg: 'ES256' }), jwk(key)]],
  ['that is malformed stands first', [{ ...jwk(key), n: 'AQ' }, jwk(key)]],
  ['for encryption stands first', [{ ...other, alg: 'RSA-OAEP', key_ops: ['encrypt'] }, jwk(key)]],
  ['that fits as well stands first', [other, jwk(key)]],
  ['that fits as well stands last', [jwk(key), other]],
])('accepts a token when a key of the same kid %s', async (_, keys) => {
  issuer.publish(keys);
  const fresh = trusting();
  await fresh.hydrate();
  expect(await accepted(forge(header, claims(), key), fresh)).toBe(true);
  expect(await accepted(forge(header, claims(), rsaKey(key.kid)), fresh)).toBe(false);
});

it('tells two types of key under one kid apart by the algorithm of the token', async () => {
  issuer.publish([jwk(key), jwk({ ...curve, kid: key.kid }, { alg: 'ES256' })]);
  const fresh = trusting();
  expect(await accepted(forge(header, claims(), key), fresh)).toBe(true);
  expect(await accepted(forge({ ...header, alg: 'ES256' }, claims(), curve), fresh)).toBe(true);
  expect(await accepted(forge(header, claims(), curve), fresh)).toBe(false);
});

it('trusts the ID tokens of a Cognito pool, under both names of its issuer, by one key set', async () => {
  const [userPoolId, clientId] = ['eu-west-1_Abc', 'client-1'];
  const fetched: string[] = [];
  const cognito = tokenVerifier(
    { kind: 'cognito', userPoolId, clientId, claims: names },
    {
      world,
      log,
      fetchKeys(url) {
        fetched.push(url);
        return Promise.resolve(Buffer.from(JSON.stringify({ keys: [jwk(key)] })));
      },
    },
  );
  const iss = `https://cognito-idp.eu-west-1.amazonaws.com/${userPoolId}`;
  const token = (given: object) =>
    forge({ alg: 'RS256', kid: key.kid }, claims({ iss, aud: clientId, token_use: 'id', ...given }), key);
  expect(await accepted(token({}), cognito)).toBe(true);
  expect(await accepted(token({ iss: iss.replace('cognito', 'issuer-cognito') }), cognito)).toBe(true);
  expect(await accepted(token({ token_use: 'access', client_id: clientId }), cognito)).toBe(false);
  expect(await accepted(token({ aud: 'client-2' }), cognito)).toBe(false);
  expect(await accepted(token({ iss: `${iss}2` }), cognito)).toBe(false);
  expect(fetched).toEqual([`${iss}/.well-known/jwks.json`]);
});
