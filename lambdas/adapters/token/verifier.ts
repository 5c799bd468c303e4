import { CognitoJwtVerifier, JwtVerifier } from 'aws-jwt-verify';
import { FetchError, JwksValidationError, JwtBaseError, JwkValidationError } from 'aws-jwt-verify/error';
import type { TokenTrust } from '../../contract/environment.ts';

/** The claims of a token whose signature, issuer and audience are right, or why it is refused. */
export type Verification =
  { readonly ok: true; readonly claims: object } | { readonly ok: false; readonly reason: string };

export interface TokenVerifier {
  /** Fetches the issuer's keys; until then every token would wait for them. Rejects when they cannot be had. */
  hydrate(): Promise<void>;
  /** Rejects only for a fault that is not the token's, such as an issuer that does not answer. */
  verify(token: string): Promise<Verification>;
}

/** Characters of a token; a longer one is refused unparsed. */
const longestToken = 4096;

/** Asymmetric and common. A key set without `alg` would otherwise admit whatever its key type can do. */
const algorithms: ReadonlySet<unknown> = new Set(['RS256', 'ES256', 'EdDSA']);

/** How far the issuer's clock may be ahead in `nbf`. Expiry is checked again, without grace. */
const graceSeconds = 30;

/** Verifies tokens of the one issuer that the stack trusts. */
export function tokenVerifier(trust: TokenTrust): TokenVerifier {
  const verifier = verifierFor(trust);
  return {
    hydrate: () => verifier.hydrate(),
    async verify(token) {
      if (token.length > longestToken) return { ok: false, reason: 'the token is too long' };
      try {
        return { ok: true, claims: await verifier.verify(token) };
      } catch (error) {
        if (isTokensFault(error)) return { ok: false, reason: reasonOf(error) };
        throw error;
      }
    },
  };
}

function verifierFor(trust: TokenTrust) {
  switch (trust.kind) {
    case 'cognito':
      return CognitoJwtVerifier.create({
        userPoolId: trust.userPoolId,
        clientId: trust.clientId,
        tokenUse: 'id',
        graceSeconds,
        customJwtCheck: ({ header }) => checkHeader(header, 'any'),
      });
    case 'oidc':
      return JwtVerifier.create({
        issuer: trust.issuer,
        audience: trust.audience,
        ...(trust.jwksUri === undefined ? {} : { jwksUri: trust.jwksUri }),
        graceSeconds,
        customJwtCheck: ({ header }) => checkHeader(header, trust.tokenTyp),
      });
  }
}

/** What the library leaves open: the algorithm, extensions that nobody here understands, and the token's purpose. */
function checkHeader(header: Readonly<Record<string, unknown>>, tokenTyp: string): void {
  if (!algorithms.has(header['alg'])) throw new HeaderRefused('alg');
  // RFC 7515, 4.1.11: an extension that is not understood must be refused.
  if (Object.hasOwn(header, 'crit')) throw new HeaderRefused('crit');
  if (tokenTyp !== 'any' && mediaType(header['typ']) !== mediaType(tokenTyp)) throw new HeaderRefused('typ');
}

class HeaderRefused extends JwtBaseError {
  constructor(field: string) {
    super(`the token's header has another ${field} than is accepted`);
  }
}

/** The kind of error: the library's messages quote the token, which anybody may have written. */
function reasonOf(error: JwtBaseError): string {
  return error instanceof HeaderRefused ? error.message : error.constructor.name;
}

/** RFC 7515, 4.1.9: `typ` is a media type, case-insensitive, and `application/` may be left out. */
function mediaType(typ: unknown): string | undefined {
  if (typeof typ !== 'string') return undefined;
  return typ.toLowerCase().replace(/^application\//, '');
}

/** Keys that could not be fetched or read are the issuer's fault, or the network's. */
function isTokensFault(error: unknown): error is JwtBaseError {
  const othersFault =
    error instanceof FetchError ||
    error instanceof JwksValidationError ||
    error instanceof JwkValidationError;
  return error instanceof JwtBaseError && !othersFault;
}
