import { createSecretKey } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { tokenVerifier, type TokenVerifier } from '../../../../lambdas/adapters/token/verifier.ts';
import { ecKey, forge, jwk, rsaKey, startTestIssuer, type TestIssuer } from '../../../support/issuer.ts';
import { scriptedServer, type ScriptedServer } from '../../../support/scripted-server.ts';

const key = rsaKey('key-1');
const unnamed = rsaKey('no-alg');
const curve = ecKey('curve-1');
const stranger = rsaKey('key-1');
const names = { hotel: 'hotel_id', departments: 'departments', name: 'name', role: 'role' };
const seconds = Math.floor(Date.now() / 1000);

let issuer: TestIssuer;
let evil: ScriptedServer;
let verifier: TokenVerifier;

beforeAll(async () => {
  [issuer, evil] = await Promise.all([startTestIssuer(), scriptedServer()]);
});
beforeEach(async () => {
  issuer.publish([jwk(key), jwk(unnamed, { alg: undefined }), jwk(curve, { alg: 'ES256' })]);
  verifier = trusting();
  await verifier.hydrate();
});
afterAll(() => Promise.all([issuer.stop(), evil.stop()]));

function trusting(tokenTyp = 'at+jwt'): TokenVerifier {
  const { issuer: name, jwksUri } = issuer;
  return tokenVerifier({
    kind: 'oidc',
    issuer: name,
    audience: 'lobbybee',
    jwksUri,
    tokenTyp,
    claims: names,
  });
}

const header = { alg: 'RS256', typ: 'at+jwt', kid: key.kid };

function claims(given: object = {}) {
  return {
    iss: 'https://issuer.example',
    aud: 'lobbybee',
    sub: 'ana',
    iat: seconds,
    exp: seconds + 600,
    ...given,
  };
}

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
  ['an exp long past', { exp: seconds - 60 }],
  ['an nbf far ahead', { nbf: seconds + 120 }],
])('refuses %s', async (_, given) => {
  expect(await accepted(forge(header, claims(given), key))).toBe(false);
});

it('allows 30 seconds between the clocks for nbf', async () => {
  expect(await accepted(forge(header, claims({ nbf: seconds + 20 }), key))).toBe(true);
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

it('asks for the keys once for many tokens, and at most once in ten seconds for unknown keys', async () => {
  const before = issuer.fetches;
  for (let times = 0; times < 10; times++) await accepted(forge(header, claims(), key));
  expect(issuer.fetches).toBe(before);
  for (let times = 0; times < 10; times++) {
    expect(await accepted(forge({ ...header, kid: `guess-${times}` }, claims(), key))).toBe(false);
  }
  expect(issuer.fetches).toBeLessThanOrEqual(before + 1);
});

it('accepts a key that was rotated in since it started', async () => {
  const rotated = rsaKey('key-2');
  issuer.publish([jwk(rotated)]);
  expect(await accepted(forge({ ...header, kid: 'key-2' }, claims(), rotated))).toBe(true);
});

it('rejects as a fault, not as a refusal, when the keys cannot be had or read', async () => {
  const token = forge({ ...header, kid: 'key-3' }, claims(), key);
  for (const [status, body] of [
    [500, ''],
    [200, 'not JSON'],
    [200, '{"keys":"none"}'],
  ] as const) {
    issuer.answer(status, body);
    const cold = trusting();
    await expect(cold.hydrate()).rejects.toThrow();
    await expect(trusting().verify(token)).rejects.toThrow();
  }
});

it("puts neither token nor claims that are none of the log's business into a reason", async () => {
  const canary = 'canary-in-a-coal-mine';
  const tokens = [
    forge(header, claims({ name: canary, aud: 'x' }), key),
    forge(header, claims({ email: canary, exp: 1 }), key),
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
