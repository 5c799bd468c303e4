import { jsonAnswer, serve, type HttpAnswer, type HttpRequest } from '../../local/src/command-line/index.ts';
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
  const server = await serve({
    secure: { key: identity.privateKey, cert: identity.certificate },
    maximumBodyBytes: 0,
    answer: (request, reply) => reply(answer(documents, request)),
  });
  const jwksUri = `https://127.0.0.1:${server.port}/.well-known/jwks.json`;
  documents.set('/.well-known/jwks.json', JSON.stringify({ keys: [signingKey.publicJwk] }));
  documents.set('/.well-known/openid-configuration', JSON.stringify(discovery(issuer, jwksUri)));
  return { jwksUri, stop: () => server.stop() };
}

function discovery(issuer: string, jwksUri: string): object {
  return {
    issuer,
    jwks_uri: jwksUri,
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: [signingAlgorithm],
  };
}

function answer(documents: ReadonlyMap<string, string>, { method, url }: HttpRequest): HttpAnswer {
  const document = documents.get(url);
  if (document === undefined) return { status: 404, headers: { 'Content-Length': 0 }, body: '' };
  if (method !== 'GET' && method !== 'HEAD')
    return { status: 405, headers: { Allow: 'GET', 'Content-Length': 0 }, body: '' };
  return jsonAnswer(200, document);
}
