import { createSecretKey } from 'node:crypto';
import * as fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { TokenVerifier } from '../../../../lambdas/adapters/token/verifier.ts';
import { forge, jwk, startTestIssuer, type TestIssuer } from '../../../support/issuer.ts';
import { scriptedServer, type ScriptedServer } from '../../../support/scripted-server.ts';
import { claims, curve, header, key, newTrial, seconds, stranger, unnamed, type Trial } from './support.ts';

let issuer: TestIssuer;
let evil: ScriptedServer;
let trusting: Trial['trusting'];
let verifier: TokenVerifier;

beforeAll(async () => {
  [issuer, evil] = await Promise.all([startTestIssuer(), scriptedServer()]);
});
beforeEach(async () => {
  ({ trusting, verifier } = await newTrial(issuer));
});
afterAll(() => Promise.all([issuer.stop(), evil.stop()]));

async function accepted(token: string, by = verifier): Promise<boolean> {
  return (await by.verify(token)).ok;
}

it('accepts a right token and hands on its claims', async () => {
  expect(await verifier.verify(forge(header, claims({ hotel_id: 'grand' }), key))).toEqual({
    ok: true,
    claims: claims({ hotel_id: 'grand' }),
  });
});

it('accepts ES256, a list of audiences, and the typ as a media type in any case', async () => {
  expect(await accepted(forge({ ...header, alg: 'ES256', kid: curve.kid }, claims(), curve))).toBe(true);
  expect(await accepted(forge(header, claims({ aud: ['other', 'lobbybee'] }), key))).toBe(true);
  expect(await accepted(forge({ ...header, typ: 'application/AT+JWT' }, claims(), key))).toBe(true);
});

it.each(['none', 'None', 'NONE', 'nOnE'])('refuses a token that claims no signature: %s', async (alg) => {
  const token = forge({ ...header, alg }, claims(), key);
  expect(await accepted(token)).toBe(false);
  expect(await accepted(token.replace(/\.$/, ''))).toBe(false);
});

it('refuses a token that is signed with the public key as a secret', async () => {
  const pem = key.publicKey.export({ type: 'spki', format: 'pem' });
  const secret = createSecretKey(Buffer.from(pem));
  expect(await accepted(forge({ ...header, alg: 'HS256' }, claims(), secret))).toBe(false);
});

it('refuses RS512, whether the key set names an algorithm or not', async () => {
  expect(await accepted(forge({ ...header, alg: 'RS512' }, claims(), key))).toBe(false);
  expect(await accepted(forge({ ...header, alg: 'RS512', kid: unnamed.kid }, claims(), unnamed))).toBe(false);
  expect(await accepted(forge({ ...header, kid: unnamed.kid }, claims(), unnamed))).toBe(true);
});

it('refuses a signature of another key, a changed payload and a missing signature', async () => {
  expect(await accepted(forge(header, claims(), stranger))).toBe(false);
  const [head, , signature] = forge(header, claims(), key).split('.');
  const changed = Buffer.from(JSON.stringify(claims({ sub: 'boss' }))).toString('base64url');
  expect(await accepted(`${head}.${changed}.${signature}`)).toBe(false);
  expect(await accepted(`${head}.${changed}.`)).toBe(false);
  expect(await accepted(`${head}.${changed}`)).toBe(false);
});

it.each<[string, unknown]>([
  ['unknown', 'key-9'],
  ['a path', '../../key-1'],
  ['a list', ['key-1']],
  ['an object', { kid: 'key-1' }],
  ['missing', undefined],
  ['__proto__', '__proto__'],
  ['constructor', 'constructor'],
])('refuses a token whose kid is %s', async (_, kid) => {
  expect(await accepted(forge({ ...header, kid }, claims(), key))).toBe(false);
});

it.each(['jku', 'x5u'])('refuses an evil signature and never asks where %s points', async (parameter) => {
  const token = forge({ ...header, [parameter]: `${evil.url}/keys` }, claims(), stranger);
  expect(await accepted(token)).toBe(false);
  const unknown = forge({ ...header, kid: 'evil', [parameter]: `${evil.url}/keys` }, claims(), stranger);
  expect(await accepted(unknown)).toBe(false);
  expect(evil.connections).toBe(0);
});

it('refuses a signature of a key that the token brings itself', async () => {
  expect(await accepted(forge({ ...header, jwk: jwk(stranger) }, claims(), stranger))).toBe(false);
});

it('refuses extensions that it does not understand, by any spelling of the header', async () => {
  expect(await accepted(forge({ ...header, crit: ['exp'] }, claims(), key))).toBe(false);
  expect(await accepted(forge({ ...header, crit: [] }, claims(), key))).toBe(false);
  const inherited = '{"alg":"RS256","typ":"at+jwt","kid":"key-1","__proto__":{"crit":["x"]}}';
  expect(await accepted(forge(inherited, claims(), key))).toBe(true);
});

it.each<[string, object]>([
  ['another issuer', { iss: 'https://issuer.example.evil' }],
  ['an issuer with a slash more', { iss: 'https://issuer.example/' }],
  ['no issuer', { iss: undefined }],
  ['another audience', { aud: 'other' }],
  ['no audience', { aud: undefined }],
])('refuses %s', async (_, given) => {
  expect(await accepted(forge(header, claims(given), key))).toBe(false);
});

it('leaves the times to who reads the claims, also those that no date can hold', async () => {
  for (const given of [{ exp: seconds - 1e6 }, { exp: -1e308 }, { nbf: 1e308 }, { iat: 1e308 }]) {
    expect(await verifier.verify(forge(header, claims(given), key))).toEqual({
      ok: true,
      claims: claims(given),
    });
  }
});

it('refuses an ID token, or one that does not say what it is for, unless any typ is trusted', async () => {
  const any = trusting('any');
  for (const typ of ['JWT', 'id+jwt', undefined, '']) {
    const token = forge({ ...header, typ }, claims(), key);
    expect(await accepted(token)).toBe(false);
    expect(await accepted(token, any)).toBe(true);
  }
});

it('refuses a token over 4 KB unparsed, and one nested 50,000 deep', async () => {
  const fitting = (length: number) => forge(header, claims({ pad: 'p'.repeat(length) }), key);
  const base = fitting(0).length;
  const longest = Math.floor(((4096 - base) * 3) / 4);
  expect(fitting(longest - 3).length).toBeGreaterThan(4080);
  expect(await accepted(fitting(longest - 3))).toBe(true);
  const tooLong = await verifier.verify(fitting(longest + 3));
  expect(tooLong).toEqual({ ok: false, reason: 'the token is too long' });
  expect(await accepted('a'.repeat(10_000_000))).toBe(false);
  expect(await accepted(forge(header, `${'['.repeat(50_000)}${']'.repeat(50_000)}`, key))).toBe(false);
});

it.each(['', '.', '..', 'a.b.c', 'not a token', '\u0000', 'ey.ey.ey', '.'.repeat(4000), '💥.💥.💥'])(
  'refuses %j',
  async (token) => {
    expect(await accepted(token)).toBe(false);
  },
);

it('reads a claim that stands twice as its last value, and __proto__ as a claim', async () => {
  const twice = JSON.stringify(claims()).replace('{', '{"hotel_id":"evil","hotel_id":"grand",');
  expect(await verifier.verify(forge(header, twice, key))).toMatchObject({ claims: { hotel_id: 'grand' } });
  const inherited = JSON.stringify(claims()).replace('{', '{"__proto__":{"hotel_id":"evil"},');
  const verification = await verifier.verify(forge(header, inherited, key));
  expect(verification.ok && Object.hasOwn(verification.claims, 'hotel_id')).toBe(false);
});

it.each<[string, string]>([
  ['of three bytes', 'AAAA'],
  ['of no whole byte', 'A'],
  ['of 63 bytes', 'A'.repeat(84)],
  ['of 65 bytes', 'A'.repeat(87)],
  ['of nothing but zeros', 'A'.repeat(86)],
  ['of 256 bytes', 'A'.repeat(342)],
])('refuses a signature %s for either kind of key', async (_, signature) => {
  for (const head of [header, { ...header, alg: 'ES256', kid: curve.kid }]) {
    const [start, payload] = forge(header, claims(), key).split('.');
    const changed = Buffer.from(JSON.stringify(head)).toString('base64url');
    expect(await accepted(`${changed}.${payload}.${signature}`)).toBe(false);
    expect(await accepted(`${start}.${payload}.${signature}`)).toBe(false);
  }
});

it('refuses any signature, header and payload that nobody signed, and never ends in a fault', async () => {
  const [head, payload] = forge(header, claims(), key).split('.');
  const text = fc.oneof(
    fc.base64String(),
    fc.stringMatching(/^[A-Za-z0-9_-]*$/),
    fc.string({ unit: 'binary' }),
  );
  const json = fc
    .oneof(fc.json(), fc.record({ alg: fc.constantFrom('ES256', 'EdDSA', 'RS256'), kid: fc.jsonValue() }))
    .map((value) =>
      Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url'),
    );
  const otherKey = Buffer.from(JSON.stringify({ ...header, alg: 'ES256', kid: curve.kid })).toString(
    'base64url',
  );
  const token = fc.oneof(
    text.map((signature) => `${head}.${payload}.${signature}`),
    text.map((signature) => `${otherKey}.${payload}.${signature}`),
    fc.tuple(json, json, text).map((parts) => parts.join('.')),
    fc.tuple(text, text, text).map((parts) => parts.join('.')),
  );
  await fc.assert(
    fc.asyncProperty(token, async (each) => {
      expect(await accepted(each)).toBe(false);
    }),
    { numRuns: 1000 },
  );
});

it("puts neither token nor claims that are none of the log's business into a reason", async () => {
  const canary = 'canary-in-a-coal-mine';
  const tokens = [
    forge(header, claims({ name: canary, aud: 'x' }), key),
    `${forge(header, claims({ email: canary }), key)}A`,
    forge({ ...header, crit: [canary] }, claims(), key),
    forge(header, claims({ phone: canary }), stranger),
    canary,
    `${canary}.${canary}.${canary}`,
    forge({ ...header, kid: canary }, claims(), key),
    forge(header, claims({ iss: canary }), key),
    forge(header, claims({ aud: canary }), key),
    [JSON.stringify(header), canary, 'x'].map((part) => Buffer.from(part).toString('base64url')).join('.'),
  ];
  for (const token of tokens) {
    const verification = await verifier.verify(token);
    expect(verification.ok).toBe(false);
    expect(JSON.stringify(verification)).not.toContain(canary);
    expect(JSON.stringify(verification)).not.toContain(token);
  }
});

it('refuses a typ that is no text', async () => {
  const verification = await verifier.verify(forge({ ...header, typ: ['at+jwt'] }, claims(), key));
  expect(verification.ok).toBe(false);
});
