import { CognitoJwtVerifier } from 'aws-jwt-verify';
import { validateCognitoJwtFields } from 'aws-jwt-verify/cognito-verifier';
import { JwtBaseError } from 'aws-jwt-verify/error';
import { decomposeUnverifiedJwt, type DecomposedJwt } from 'aws-jwt-verify/jwt';
import { verifyJwtSync } from 'aws-jwt-verify/jwt-verifier';
import { limits } from '../../../protocol/limits.ts';
import type { TokenTrust } from '../../contract/environment.ts';
import type { Log, World } from '../../core/ports.ts';
import { download } from './download.ts';
import { KeySet } from './key-set.ts';
import type { Algorithm, VerificationKey } from './keys.ts';

/** The claims of a token whose signature, issuer and audience are right, or why it is refused. */
export type Verification =
  { readonly ok: true; readonly claims: object } | { readonly ok: false; readonly reason: string };

export interface TokenVerifier {
  /** Fetches the issuer's keys, so that no token waits for them. Never rejects: should it fail, the first token asks. */
  hydrate(): Promise<void>;
  /**
   * Says nothing of the times in the claims, which are core's to judge. Rejects with `KeysUnavailable` only: whatever else
   * is wrong is the token's fault, and anybody can send one.
   */
  verify(token: string): Promise<Verification>;
}

export interface VerifierDependencies {
  readonly world: Pick<World, 'now'>;
  readonly log: Log;
  /** Fetches a key set, over https unless stated. */
  readonly fetchKeys?: (url: string) => Promise<Buffer>;
}

/** Asymmetric and common. */
const algorithms: ReadonlySet<unknown> = new Set<Algorithm>(['RS256', 'ES256', 'EdDSA']);

/** A handshake waits for the keys, and the function has five seconds. Sets of large providers have some 20 KB. */
const keySetLimits = { milliseconds: 1000, bytes: 256 * 1024 };

/** Verifies tokens of the one issuer that the stack trusts. */
export function tokenVerifier(trust: TokenTrust, deps: VerifierDependencies): TokenVerifier {
  const { issuers, jwksUri, tokenTyp, verify } = trusting(trust);
  const { world, log, fetchKeys = (url: string) => download(url, keySetLimits) } = deps;
  const keySet = new KeySet({ world, log, download: () => fetchKeys(jwksUri) });
  return {
    hydrate: () => keySet.hydrate(),
    async verify(token) {
      // A longer one is not even parsed.
      if (token.length > limits.tokenCharacters) return refused('the token is too long');
      const read = readUnverified(token);
      if ('reason' in read) return refused(read.reason);
      const { header, payload } = read;
      // Before any key is looked up: what is refused whatever the keys are must not have them asked for.
      if (!issuers.includes(payload.iss)) return refused('the token is of another issuer');
      const wrong = wrongHeader(header, tokenTyp);
      if (wrong !== undefined) return refused(`the token's header has another ${wrong} than is accepted`);
      if (header.kid === undefined) return refused('the token names no key');
      const keys = await keySet.named(header.kid, header.alg);
      return firstAccepted(keys, (key) => verify(token, key));
    },
  };
}

/** What the library is asked to do for an issuer. */
interface Trusting {
  /** Each `iss` that the issuer may write. */
  readonly issuers: readonly unknown[];
  readonly jwksUri: string;
  readonly tokenTyp: string;
  /** The claims. Throws for whatever is wrong with the token. */
  readonly verify: (token: string, key: VerificationKey) => object;
}

/** The library would read the machine's clock, and throws for a time that no date can hold. Core judges the times. */
const graceSeconds = Number.POSITIVE_INFINITY;

function trusting(trust: TokenTrust): Trusting {
  switch (trust.kind) {
    case 'cognito': {
      const { userPoolId, clientId } = trust;
      const { issuer, jwksUri } = CognitoJwtVerifier.parseUserPoolId(userPoolId);
      // Cognito writes the same issuer in two ways, and publishes the same keys for both.
      const issuers = [issuer, issuer.replace('https://', 'https://issuer-')];
      return {
        issuers,
        jwksUri,
        tokenTyp: 'any',
        verify(token, { jwk, publicKey }) {
          // The audience is looked at below, with what the token is for.
          const expected = { issuer: issuers, audience: null, graceSeconds };
          const claims = verifyJwtSync(token, jwk, expected, () => publicKey);
          validateCognitoJwtFields(claims, { tokenUse: 'id', clientId });
          return claims;
        },
      };
    }
    case 'oidc': {
      const { issuer, audience, tokenTyp } = trust;
      return {
        issuers: [issuer],
        jwksUri: trust.jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`,
        tokenTyp,
        verify: (token, { jwk, publicKey }) =>
          verifyJwtSync(token, jwk, { issuer, audience, graceSeconds }, () => publicKey),
      };
    }
  }
}

/** Which field is wrong of those that the library leaves open: algorithm, extensions, and what the token is for. */
function wrongHeader(header: Readonly<Record<string, unknown>>, tokenTyp: string): string | undefined {
  if (!algorithms.has(header['alg'])) return 'alg';
  // RFC 7515, 4.1.11: an extension that is not understood must be refused.
  if (Object.hasOwn(header, 'crit')) return 'crit';
  return tokenTyp === 'any' || mediaType(header['typ']) === mediaType(tokenTyp) ? undefined : 'typ';
}

function readUnverified(token: string): DecomposedJwt | { readonly reason: string } {
  try {
    return decomposeUnverifiedJwt(token);
  } catch (error) {
    return { reason: reasonOf(error) };
  }
}

/** Two keys of one `kid` and algorithm cannot be told apart by a token: each is tried. */
function firstAccepted(
  keys: readonly VerificationKey[],
  verify: (key: VerificationKey) => object,
): Verification {
  let verification = refused('the issuer publishes no key of that kid and alg');
  for (const key of keys) {
    verification = attempt(() => verify(key));
    if (verification.ok) break;
  }
  return verification;
}

/**
 * Everything that is thrown here is thrown for what a stranger may have sent: Node's own errors too, as for a signature
 * of another length than the key's.
 */
function attempt(verify: () => object): Verification {
  try {
    return { ok: true, claims: verify() };
  } catch (error) {
    return refused(reasonOf(error));
  }
}

function refused(reason: string): Verification {
  return { ok: false, reason };
}

/** The kind of error: the library's messages quote the token, which anybody may have written. */
function reasonOf(error: unknown): string {
  return error instanceof JwtBaseError ? error.constructor.name : 'the signature cannot be read';
}

/** RFC 7515, 4.1.9: `typ` is a media type, case-insensitive, and `application/` may be left out. */
function mediaType(typ: unknown): string | undefined {
  if (typeof typ !== 'string') return undefined;
  return typ.toLowerCase().replace(/^application\//, '');
}
