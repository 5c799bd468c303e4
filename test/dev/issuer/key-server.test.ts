import { X509Certificate } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { startKeyServer, type KeyServer } from '../../../dev/issuer/key-server.ts';
import { loadServerIdentity, type ServerIdentity } from '../../../dev/issuer/server-identity.ts';
import { loadSigningKey, type SigningKey } from '../../../dev/issuer/signing-key.ts';
import { issueToken } from '../../../dev/issuer/token.ts';
import { localRun } from '../../../dev/settings.ts';
import { ended, spawnNode, temporaryDirectory } from '../support.ts';

interface Issuer {
  readonly server: KeyServer;
  readonly signingKey: SigningKey;
  readonly identity: ServerIdentity;
  readonly authorityFile: string;
}

async function startIssuer(): Promise<Issuer> {
  const data = await temporaryDirectory();
  const [signingKey, identity] = await Promise.all([
    loadSigningKey(data),
    loadServerIdentity(data, Date.now()),
  ]);
  const server = await startKeyServer({ issuer: localRun.issuer, signingKey, identity });
  onTestFinished(() => server.stop());
  const authorityFile = join(data, 'authority.pem');
  await writeFile(authorityFile, identity.authority);
  return { server, signingKey, identity, authorityFile };
}

async function fetched(
  url: string,
  ca: string,
  method = 'GET',
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; body: string }> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request(url, { ca, method, headers, servername: 'localhost', agent: false }, resolve)
      .on('error', reject)
      .end();
  });
  return { status: response.statusCode ?? 0, body: await text(response) };
}

/** Verifies in a process of its own, because certificate authorities are read when a process starts. */
async function verifiedElsewhere(token: string, jwksUri: string, authorityFile?: string): Promise<string> {
  const script = `
    import { JwtVerifier } from 'aws-jwt-verify';
    const [token, jwksUri, issuer, audience] = process.argv.slice(1);
    const verifier = JwtVerifier.create({ issuer, audience, jwksUri });
    const answer = await verifier.verify(token).then((payload) => JSON.stringify(payload), (error) => error.constructor.name);
    process.stdout.write(answer);`;
  const argv = ['--input-type=module', '-e', script, token, jwksUri, localRun.issuer, localRun.audience];
  const environment = { NODE_EXTRA_CA_CERTS: authorityFile ?? '' };
  return (await ended(spawnNode(argv, { environment }))).stdout;
}

const ana = { user: 'ana', hotel: 'grand', departments: ['front-desk', 'housekeeping'], name: 'Ana' };

test('a token verifies against the key set over https, with the claims that the stack expects', async () => {
  const { server, signingKey, authorityFile } = await startIssuer();
  const now = Date.now();
  const token = await issueToken(ana, { key: signingKey, now, expiresIn: 60, id: 'token-1' });
  expect(JSON.parse(await verifiedElsewhere(token, server.jwksUri, authorityFile))).toEqual({
    iss: localRun.issuer,
    aud: localRun.audience,
    sub: 'ana',
    hotel_id: 'grand',
    departments: ['front-desk', 'housekeeping'],
    name: 'Ana',
    iat: Math.floor(now / 1000),
    exp: Math.floor(now / 1000) + 60,
    jti: 'token-1',
  });
});

test('without the authority nobody believes the key set', async () => {
  const { server, signingKey } = await startIssuer();
  const token = await issueToken(ana, { key: signingKey, now: Date.now(), expiresIn: 60, id: 'token-1' });
  expect(await verifiedElsewhere(token, server.jwksUri)).toBe('FetchError');
});

test('a token that is made expired is expired and nothing else', async () => {
  const { server, signingKey, authorityFile } = await startIssuer();
  const token = await issueToken(ana, { key: signingKey, now: Date.now(), expiresIn: -1, id: 'token-1' });
  expect(await verifiedElsewhere(token, server.jwksUri, authorityFile)).toBe('JwtExpiredError');
});

test('a token of another data folder is refused', async () => {
  const [{ server, authorityFile }, other] = await Promise.all([startIssuer(), startIssuer()]);
  const token = await issueToken(ana, {
    key: other.signingKey,
    now: Date.now(),
    expiresIn: 60,
    id: 'token-1',
  });
  expect(await verifiedElsewhere(token, server.jwksUri, authorityFile)).toBe('KidNotFoundInJwksError');
});

test('the key set shows nothing private', async () => {
  const { server, signingKey, identity } = await startIssuer();
  const { body } = await fetched(server.jwksUri, identity.authority);
  const { n, e } = signingKey.publicJwk;
  expect(JSON.parse(body)).toEqual({
    keys: [{ kty: 'RSA', n, e, kid: signingKey.kid, alg: 'RS256', use: 'sig' }],
  });
});

test('the discovery document leads to the key set', async () => {
  const { server, identity } = await startIssuer();
  const url = server.jwksUri.replace('jwks.json', 'openid-configuration');
  expect(JSON.parse((await fetched(url, identity.authority)).body)).toMatchObject({
    issuer: localRun.issuer,
    jwks_uri: server.jwksUri,
  });
});

test('other paths and methods get 404 and 405', async () => {
  const { server, identity } = await startIssuer();
  expect((await fetched(`${server.jwksUri}/../../keys`, identity.authority)).status).toBe(404);
  expect((await fetched(server.jwksUri, identity.authority, 'POST')).status).toBe(405);
});

test('the certificate holds for localhost too, for no other host, and vouches for nobody', async () => {
  const { server, identity } = await startIssuer();
  const url = server.jwksUri.replace('127.0.0.1', 'localhost');
  expect((await fetched(url, identity.authority)).status).toBe(200);
  const server509 = new X509Certificate(identity.certificate);
  expect(server509.checkHost('example.com')).toBeUndefined();
  expect(server509.checkIssued(new X509Certificate(identity.authority))).toBe(true);
  expect([server509.ca, new X509Certificate(identity.authority).ca]).toEqual([false, true]);
});

test('stopping ends kept-alive connections and frees the port', async () => {
  const { server, identity } = await startIssuer();
  const port = Number(new URL(server.jwksUri).port);
  const idle = connect({ port, host: '127.0.0.1', ca: identity.authority });
  await once(idle, 'secureConnect');
  const closed = once(idle.resume(), 'close');
  await server.stop();
  await closed;
  await expect(fetched(server.jwksUri, identity.authority)).rejects.toThrow('ECONNREFUSED');
});

test.each([{ host: 'evil.example' }, { origin: 'https://evil.example' }])(
  'the key set is not for whoever says %j',
  async (headers) => {
    const { server, identity } = await startIssuer();
    const answer = await fetched(server.jwksUri, identity.authority, 'GET', headers);
    expect([answer.status, answer.body]).toEqual([403, expect.stringContaining('evil.example')]);
  },
);
