import { createHmac, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, globalAgent } from 'node:https';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadServerIdentity } from '../../dev/issuer/server-identity.ts';
import { listenLocally } from '../../local/src/command-line/index.ts';

export interface TestKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

export interface TestIssuer {
  readonly issuer: string;
  readonly jwksUri: string;
  /** Times that the key set was asked for. */
  readonly fetches: number;
  /** What the key set publishes from now on. */
  publish(keys: readonly unknown[]): void;
  /** What it answers instead, from now on. */
  answer(status: number, body: string, headers?: Readonly<Record<string, string>>): void;
  /** From now on it takes requests and never answers, or begins to and never ends. */
  hang(where?: 'at once' | 'in the middle'): void;
  stop(): Promise<void>;
}

/** An issuer whose keys are on https at 127.0.0.1, with a certificate that this process trusts until it stops. */
export async function startTestIssuer(): Promise<TestIssuer> {
  const directory = await mkdtemp(join(tmpdir(), 'lobbybee-issuer-'));
  const identity = await loadServerIdentity(directory, Date.now());
  await rm(directory, { recursive: true });
  let fetches = 0;
  let answer:
    | { status: number; body: string; headers?: Readonly<Record<string, string>> }
    | 'at once'
    | 'in the middle' = {
    status: 200,
    body: '{"keys":[]}',
  };
  const server = createServer({ key: identity.privateKey, cert: identity.certificate }, (_, response) => {
    fetches++;
    if (answer === 'at once') return;
    if (answer === 'in the middle') return void response.writeHead(200).write('{');
    const { status, body, headers } = answer;
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(body);
  });
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listenLocally(server, 0);
  const trustedBefore = globalAgent.options.ca;
  globalAgent.options.ca = identity.authority;
  return {
    issuer: 'https://issuer.example',
    jwksUri: `https://127.0.0.1:${port}/jwks.json`,
    get fetches() {
      return fetches;
    },
    publish: (keys) => void (answer = { status: 200, body: JSON.stringify({ keys }) }),
    answer: (status, body, headers = {}) => void (answer = { status, body, headers }),
    hang: (where = 'at once') => void (answer = where),
    stop: () =>
      new Promise((resolve) => {
        globalAgent.options.ca = trustedBefore;
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

export function rsaKey(kid: string): TestKey {
  return { kid, ...generateKeyPairSync('rsa', { modulusLength: 2048 }) };
}

export function ecKey(kid: string): TestKey {
  return { kid, ...generateKeyPairSync('ec', { namedCurve: 'P-256' }) };
}

/** The public half as a key set shows it, with more fields or others. */
export function jwk({ kid, publicKey }: TestKey, given: object = {}): object {
  const { alg, ...rest } = {
    kid,
    use: 'sig',
    alg: 'RS256',
    ...publicKey.export({ format: 'jwk' }),
    ...given,
  };
  return alg === undefined ? rest : { alg, ...rest };
}

/** A token with any header and any payload, be it JSON text that no serializer would write. */
export function forge(header: object | string, payload: object | string, key: TestKey | KeyObject): string {
  const signed = `${part(header)}.${part(payload)}`;
  return `${signed}.${signature(signed, algorithmOf(header), 'kid' in key ? key.privateKey : key).toString('base64url')}`;
}

function part(value: object | string): string {
  return Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url');
}

function algorithmOf(header: object | string): string {
  const value: unknown = typeof header === 'string' ? JSON.parse(header) : header;
  return typeof value === 'object' && value !== null && 'alg' in value ? String(value.alg) : '';
}

function signature(signed: string, algorithm: string, key: KeyObject): Buffer {
  const bytes = Buffer.from(signed);
  if (algorithm.toLowerCase() === 'none') return Buffer.alloc(0);
  if (algorithm === 'HS256') return createHmac('sha256', key).update(bytes).digest();
  if (algorithm === 'ES256') return signBytes('sha256', bytes, { key, dsaEncoding: 'ieee-p1363' });
  return signBytes(algorithm === 'RS512' ? 'sha512' : 'sha256', bytes, key);
}
