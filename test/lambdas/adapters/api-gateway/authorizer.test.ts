import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { authorizerRoute } from '../../../../lambdas/adapters/api-gateway/authorizer.ts';
import { parseConnectionEvent } from '../../../../lambdas/adapters/api-gateway/events.ts';
import { tokenVerifier } from '../../../../lambdas/adapters/token/verifier.ts';
import { machine } from '../../../../lambdas/adapters/world.ts';
import { authorizerEvent, connectEvent, methodArn } from '../../../support/gateway-events.ts';
import { forge, jwk, rsaKey, startTestIssuer, type TestIssuer } from '../../../support/issuer.ts';
import { recordingLog, type RecordingLog } from '../../../support/recording-log.ts';

const key = rsaKey('key-1');
const claimNames = { hotel: 'hotel_id', departments: 'departments', name: 'name', role: 'role' };
const seconds = Math.floor(Date.now() / 1000);
const page = 'https://app.example';

let issuer: TestIssuer;
let log: RecordingLog;

beforeAll(async () => {
  issuer = await startTestIssuer();
  issuer.publish([jwk(key)]);
});
beforeEach(() => {
  log = recordingLog();
});
afterAll(() => issuer.stop());

function route(required = false) {
  const verifier = tokenVerifier(
    {
      kind: 'oidc',
      issuer: issuer.issuer,
      audience: 'lobbybee',
      jwksUri: issuer.jwksUri,
      tokenTyp: 'at+jwt',
      claims: claimNames,
    },
    { world: machine, log: recordingLog() },
  );
  return authorizerRoute({
    verifier,
    claimNames,
    origins: { allowed: [page], required },
    world: machine,
    log,
  });
}

function token(given: object = {}, header: object = {}): string {
  const claims = {
    iss: issuer.issuer,
    aud: 'lobbybee',
    sub: 'ana',
    hotel_id: 'grand',
    departments: ['front-desk', 'spa'],
    name: 'Ana',
    role: 'manager',
    iat: seconds,
    exp: seconds + 600,
    ...given,
  };
  return forge({ alg: 'RS256', typ: 'at+jwt', kid: key.kid, ...header }, claims, key);
}

function offering(jwt = token(), more: Readonly<Record<string, readonly string[]>> = {}) {
  return authorizerEvent({ 'Sec-WebSocket-Protocol': [`lobbybee.v1, ${jwt}`], ...more });
}

it('lets a right token in, and says who it is in flat texts', async () => {
  expect(await route()(offering())).toEqual({
    principalId: 'ana',
    policyDocument: {
      Version: '2012-10-17',
      Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: methodArn }],
    },
    context: {
      hotelId: 'grand',
      userId: 'ana',
      name: 'Ana',
      role: 'manager',
      departments: 'front-desk spa',
      tokenExpiresAt: String(seconds + 600),
    },
  });
});

it('says who it is in such a way that the other functions read the same', async () => {
  const { context } = await route()(offering(token({ name: undefined, departments: [] })));
  const event = connectEvent();
  const later = {
    ...event,
    requestContext: { ...event.requestContext, authorizer: { ...context, principalId: 'ana' } },
  };
  expect(parseConnectionEvent(later).connection.identity).toEqual({
    hotelId: 'grand',
    userId: 'ana',
    role: 'manager',
    departments: [],
    tokenExpiresAt: seconds + 600,
  });
});

it('stays within the 8 KB of a result with as many departments as fit into a token', async () => {
  const departments = Array.from({ length: 64 }, (_, index) => `${index}-${'d'.repeat(32)}`);
  const jwt = token({ departments });
  expect(jwt.length).toBeGreaterThan(3500);
  expect(JSON.stringify(await route()(offering(jwt))).length).toBeLessThan(8192);
});

it.each<[string, Readonly<Record<string, readonly string[]>>]>([
  ['another', { Origin: ['https://evil.example'] }],
  ['null', { Origin: ['null'] }],
  ['one that begins like an allowed one', { Origin: [`${page}.evil`] }],
  ['two values', { Origin: [page, page] }],
  ['two values in two spellings of the header', { Origin: [page], origin: ['https://evil.example'] }],
  ['one under a lower-case header', { origin: ['https://evil.example'] }],
  ['one under an upper-case header', { ORIGIN: ['https://evil.example'] }],
])('denies an origin that is not allowed, though the token is right: %s', async (_, headers) => {
  const answer = await route()(offering(token(), headers));
  expect(answer.policyDocument.Statement[0]?.Effect).toBe('Deny');
  expect(answer).not.toHaveProperty('context');
  expect(log.events('warn')).toEqual(['refused']);
});

it('lets an allowed origin in whatever the case of its header, and none unless one is required', async () => {
  for (const headers of [{ Origin: [page] }, { origin: [page] }, { ORIGIN: [page] }]) {
    expect((await route(true)(offering(token(), headers))).context).toBeDefined();
  }
  expect((await route()(offering())).context).toBeDefined();
  expect((await route(true)(offering())).policyDocument.Statement[0]?.Effect).toBe('Deny');
});

it('reads the sub-protocols whatever the case of the header and however they are split', async () => {
  const jwt = token();
  for (const headers of [
    { 'sec-websocket-protocol': [`lobbybee.v1,${jwt}`] },
    { 'Sec-WebSocket-Protocol': ['lobbybee.v1', jwt] },
    { 'Sec-WebSocket-Protocol': [` lobbybee.v1 ,  ${jwt} `] },
  ]) {
    expect((await route()(authorizerEvent(headers))).principalId).toBe('ana');
  }
});

it.each<[string, (jwt: string) => string]>([
  ['no token', () => 'lobbybee.v1'],
  ['an empty token', () => 'lobbybee.v1, '],
  ['only a token', (jwt) => jwt],
  ['another sub-protocol', (jwt) => `lobbybee.v2, ${jwt}`],
  ['another case', (jwt) => `LobbyBee.v1, ${jwt}`],
  ['the token first', (jwt) => `${jwt}, lobbybee.v1`],
  ['a third part', (jwt) => `lobbybee.v1, ${jwt}, more`],
  ['two tokens', (jwt) => `lobbybee.v1, ${jwt}, ${jwt}`],
  ['a token of 5 KB', (jwt) => `lobbybee.v1, ${jwt}${'x'.repeat(5000)}`],
  ['no JWT', () => 'lobbybee.v1, hello'],
])('is Unauthorized with %s', async (_, offer) => {
  const event = authorizerEvent({ 'Sec-WebSocket-Protocol': [offer(token())] });
  await expect(route()(event)).rejects.toThrow(/^Unauthorized$/);
});

it.each<[string, object, object]>([
  ['an expired token', { exp: seconds - 60 }, {}],
  ['an exp that no date can hold', { exp: -1e308 }, {}],
  ['an nbf that no date can hold', { nbf: 1e308 }, {}],
  ['an nbf far ahead', { nbf: seconds + 300 }, {}],
  ['an iat of 1970', { iat: 0 }, {}],
  ['departments that are an object', { departments: { spa: true } }, {}],
  ['a token without exp', { exp: undefined }, {}],
  ['an exp of 1e308', { exp: 1e308 }, {}],
  ['an exp more than a day ahead', { exp: seconds + 90_000 }, {}],
  ['a token without iat', { iat: undefined }, {}],
  ['a token from the future', { iat: seconds + 300 }, {}],
  ['a token without sub', { sub: undefined }, {}],
  ['a sub with #', { sub: 'a#b' }, {}],
  ['a token without hotel', { hotel_id: undefined }, {}],
  ['a list of hotels', { hotel_id: ['grand'] }, {}],
  ['another issuer', { iss: 'https://evil.example' }, {}],
  ['another audience', { aud: 'other' }, {}],
  ['an ID token', {}, { typ: 'JWT' }],
  ['an unknown key', {}, { kid: 'key-2' }],
  ['an extension', {}, { crit: ['exp'] }],
])('is Unauthorized with %s, and gives the same answer for every reason', async (_, claims, header) => {
  await expect(route()(offering(token(claims, header)))).rejects.toThrow(/^Unauthorized$/);
  expect(log.events('warn')).toEqual(['refused']);
});

it('names the origin that it refuses and the setting that would let it in, printable and not at length', async () => {
  await route()(offering(token(), { Origin: ['http://localhost:5173'] }));
  await route()(offering(token(), { Origin: [`\u001b[31m\u202e${'x'.repeat(5000)}`] }));
  await route(true)(offering());
  const refusal = { level: 'warn', event: 'refused', reason: 'the origin is not among allowedOrigins' };
  expect(log.lines.map((line): unknown => JSON.parse(line))).toMatchObject([
    { ...refusal, origin: 'http://localhost:5173' },
    { ...refusal, origin: `?[31m?${'x'.repeat(294)}` },
    { level: 'warn', reason: 'there is no Origin header, and requireOrigin is set' },
  ]);
});

it('refuses without a stack trace of its own', async () => {
  const refusal: unknown = await route()(offering('none')).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ message: 'Unauthorized', stack: 'Error: Unauthorized' });
});

it('is Unauthorized with a signature that no key can read, which is no fault', async () => {
  const [header, payload] = token().split('.');
  await expect(route()(offering(`${header}.${payload}.AAAA`))).rejects.toThrow(/^Unauthorized$/);
  expect(log.events('error')).toEqual([]);
});

it('takes the hotel from the token and from nowhere else', async () => {
  const event = { ...offering(), queryStringParameters: { hotel_id: 'plaza' } };
  expect((await route()(event)).context).toMatchObject({ hotelId: 'grand' });
});

it('ignores departments that are no ids, and logs how many', async () => {
  const { context } = await route()(offering(token({ departments: 'spa, #, bar' })));
  expect(context?.departments).toBe('spa bar');
  expect(log.lines.join('')).toContain('"count":1');
});

it('keeps the door closed with a fault when keys cannot be had, and logs it as an error', async () => {
  issuer.answer(500, '');
  const failure = await route()(offering()).catch((error: unknown) => error);
  issuer.publish([jwk(key)]);
  expect(failure).toBeInstanceOf(Error);
  expect(failure).not.toMatchObject({ message: 'Unauthorized' });
  expect(log.events('error')).toEqual(['failed']);
  expect(log.lines.join('')).toContain('"requestId":"W9In0EDVIAMFexQ="');
});

it('fails for an event that is none, logs it as an error, and shows nothing of it', async () => {
  const event = { ...offering(), multiValueHeaders: { 'Sec-WebSocket-Protocol': `lobbybee.v1, ${token()}` } };
  for (const none of [{}, event]) await expect(route()(none)).rejects.toThrow('the event is none of');
  expect(log.events('error')).toEqual(['failed', 'failed']);
  expect(log.lines.join('')).not.toContain(token());
});

it('logs which handshake was refused and why, and never the token or a name', async () => {
  const canary = 'canary-in-a-coal-mine';
  const tokens = [token({ name: canary, email: canary }), token({ name: canary, exp: 1 }), `${canary}.a.b`];
  for (const jwt of tokens) await route()(offering(jwt)).catch(() => undefined);
  const lines = log.lines.join('');
  expect(lines).toContain('"requestId":"W9In0EDVIAMFexQ="');
  for (const secret of [canary, ...tokens]) expect(lines).not.toContain(secret);
});
