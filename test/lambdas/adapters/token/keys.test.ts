import { generateKeyPairSync } from 'node:crypto';
import { expect, it } from 'vitest';
import { readKeys } from '../../../../lambdas/adapters/token/keys.ts';
import { jwk } from '../../../support/issuer.ts';
import { curve, key } from './support.ts';

const good = jwk(key, { kid: 'good' });

/** What is read of a set in which the given keys stand before a good one. */
function read(...keys: readonly object[]): string[] {
  const document = Buffer.from(JSON.stringify({ keys: [...keys, good] }));
  return readKeys(document).map(({ kid, algorithm }) => `${kid}: ${algorithm}`);
}

function shown(kind: 'ed25519' | 'x25519'): object {
  const { publicKey } = kind === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('x25519');
  return { kid: kind, ...publicKey.export({ format: 'jwk' }) };
}

it('reads what a key verifies from its type, whether it names an algorithm or not', () => {
  const unnamed = { alg: undefined };
  expect(
    read(jwk(key, unnamed), jwk(curve, unnamed), jwk(curve, { alg: 'ES256' }), shown('ed25519')),
  ).toEqual(['key-1: RS256', 'curve-1: ES256', 'curve-1: ES256', 'ed25519: EdDSA', 'good: RS256']);
});

it('reads keys that may verify, beside whatever else they may do', () => {
  expect(read(jwk(key, { key_ops: ['verify'] }), jwk(key, { key_ops: ['sign', 'verify'] }))).toHaveLength(3);
});

it('takes a member that is null for one that is not there', () => {
  expect(read(jwk(key, { use: null, alg: null, key_ops: null }))).toEqual(['key-1: RS256', 'good: RS256']);
});

const short = generateKeyPairSync('rsa', { modulusLength: 2040 }).publicKey;
const otherCurve = generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey;

it.each<[string, object]>([
  ['without a kid', jwk(key, { kid: undefined })],
  ['for encryption by its use', jwk(key, { use: 'enc' })],
  ['for encryption by its operations', jwk(key, { key_ops: ['encrypt', 'wrapKey'] })],
  ['for nothing', jwk(key, { key_ops: [] })],
  ['whose operations are no list', jwk(key, { key_ops: 'verify' })],
  ['for RS512', jwk(key, { alg: 'RS512' })],
  ['for RSA-OAEP', jwk(key, { alg: 'RSA-OAEP' })],
  ["for another type's algorithm", jwk(curve, { alg: 'RS256' })],
  ['for PS256', jwk(key, { alg: 'PS256' })],
  ['of fewer than 2,048 bits', jwk({ ...key, publicKey: short })],
  ['on another curve', jwk({ ...curve, publicKey: otherCurve }, { alg: undefined })],
  ['for the exchange of keys', shown('x25519')],
  ['that is a secret', { kid: 'a', kty: 'oct', k: 'AAAA', alg: 'HS256' }],
  ['with a malformed modulus', jwk(key, { n: '', e: '' })],
  ['with a point beside its curve', jwk(curve, { alg: 'ES256', x: 'AA' })],
])('leaves out a key %s', (_, left) => {
  expect(read(left)).toEqual(['good: RS256']);
});

it('reads a set behind a byte order mark', () => {
  const document = Buffer.concat([
    Buffer.from([0xef, 0xbb, 0xbf]),
    Buffer.from(JSON.stringify({ keys: [good] })),
  ]);
  expect(readKeys(document).map(({ kid }) => kid)).toEqual(['good']);
});
