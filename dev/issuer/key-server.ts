import { createServer } from 'node:https';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { guarded, listenLocally, requestGuard } from '../../local/src/command-line/index.ts';
import type { ServerIdentity } from './server-identity.ts';
import { signingAlgorithm, type SigningKey } from './signing-key.ts';

export interface KeyServer {
  readonly jwksUri: string;
  /** Ends open connections too. */
  stop(): Promise<void>;
}

export interface KeyServerOptions {
  readonly issuer: string;
  readonly signingKey: SigningKey;
  readonly identity: ServerIdentity;
}

/**
 * Publishes the issuer's keys on a free port of 127.0.0.1, as an OpenID provider does (OpenID Connect Discovery 1.0).
 * Over https, because token verifiers refuse to fetch keys over http.
 */
export async function startKeyServer({ issuer, signingKey, identity }: KeyServerOptions): Promise<KeyServer> {
  const documents = new Map<string, string>();
  const server = createServer(
    { key: identity.privateKey, cert: identity.certificate },
    guarded(requestGuard(), (request, response) => answer(documents, request, response)),
  );
  // closeAllConnections() misses those that have not asked for anything yet.
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listenLocally(server, 0);
  const jwksUri = `https://127.0.0.1:${port}/.well-known/jwks.json`;
  documents.set('/.well-known/jwks.json', JSON.stringify({ keys: [signingKey.publicJwk] }));
  documents.set('/.well-known/openid-configuration', JSON.stringify(discovery(issuer, jwksUri)));
  return {
    jwksUri,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function discovery(issuer: string, jwksUri: string): object {
  return {
    issuer,
    jwks_uri: jwksUri,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signingAlgorithm],
  };
}

function answer(
  documents: ReadonlyMap<string, string>,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const document = documents.get(request.url ?? '');
  if (document === undefined) response.writeHead(404).end();
  else if (request.method !== 'GET' && request.method !== 'HEAD')
    response.writeHead(405, { allow: 'GET' }).end();
  else response.writeHead(200, { 'content-type': 'application/json' }).end(document);
}
