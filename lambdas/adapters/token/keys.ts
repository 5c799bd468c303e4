import { createPublicKey, type KeyObject } from 'node:crypto';
import { assertIsSignatureJwk, isJwk, type Jwk } from 'aws-jwt-verify/jwk';
import { isJsonObject, safeJsonParse, type Json } from 'aws-jwt-verify/safe-json-parse';

/** Asymmetric and common, and each of another type of key: what a key is says what it verifies. */
export type Algorithm = 'RS256' | 'ES256' | 'EdDSA';

/** A public key that a signature can be held against. */
export interface VerificationKey {
  readonly kid: string;
  readonly algorithm: Algorithm;
  readonly jwk: Jwk;
  readonly publicKey: KeyObject;
}

/** What was fetched is no key set, or one that no token can be verified with. */
class NoKeySet extends Error {
  override readonly name = 'NoKeySet';
}

/** The fewest bits of an RSA key: RFC 7518, 3.3. */
const fewestRsaBits = 2048;

/**
 * The keys of a set that a signature can be held against, in its order. Left out are those without a `kid`, for another
 * use or another algorithm, too short, or malformed: an issuer may publish them for others.
 *
 * @throws Error when it is no key set, or holds no such key
 */
export function readKeys(document: Buffer): VerificationKey[] {
  const parsed = parse(document);
  const keys = isJsonObject(parsed) ? parsed['keys'] : undefined;
  if (!Array.isArray(keys)) throw new NoKeySet('a key set must be a JSON object with a list of keys');
  const usable = keys
    .map(withoutNulls)
    .map(verificationKey)
    .filter((key) => key !== undefined);
  // A provider that publishes none has lost them rather than withdrawn them: nobody could sign in.
  if (usable.length === 0)
    throw new NoKeySet(
      'a key set must hold a key that has a kid and may verify RS256, ES256 or EdDSA; RSA has 2,048 bits or more',
    );
  return usable;
}

/** A decoder leaves out the byte order mark that some servers put before a file. */
function parse(document: Buffer): Json {
  try {
    return safeJsonParse(new TextDecoder().decode(document));
  } catch {
    throw new NoKeySet('a key set must be JSON');
  }
}

/** Some serializers write a member that is absent as null. */
function withoutNulls(jwk: Json): Json {
  if (!isJsonObject(jwk)) return jwk;
  return Object.fromEntries(Object.entries(jwk).filter(([, value]) => value !== null));
}

function verificationKey(jwk: Json): VerificationKey | undefined {
  if (!mayVerify(jwk) || !isJwk(jwk) || typeof jwk.kid !== 'string') return undefined;
  const publicKey = publicKeyOf(jwk);
  const algorithm = publicKey === undefined ? undefined : algorithmOf(publicKey);
  if (publicKey === undefined || algorithm === undefined) return undefined;
  // RFC 7517, 4.4: a key that names an algorithm is for that one.
  if (jwk.alg !== undefined && jwk.alg !== algorithm) return undefined;
  return { kid: jwk.kid, algorithm, jwk, publicKey };
}

/** RFC 7517, 4.3: `key_ops` lists all that a key may do. */
function mayVerify(jwk: Json): boolean {
  const operations = isJsonObject(jwk) ? jwk['key_ops'] : undefined;
  return operations === undefined || (Array.isArray(operations) && operations.includes('verify'));
}

function publicKeyOf(jwk: Jwk): KeyObject | undefined {
  try {
    assertIsSignatureJwk(jwk);
    return createPublicKey({ key: { ...jwk }, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function algorithmOf({ asymmetricKeyType: type, asymmetricKeyDetails }: KeyObject): Algorithm | undefined {
  const { modulusLength = 0, namedCurve } = asymmetricKeyDetails ?? {};
  if (type === 'rsa' && modulusLength >= fewestRsaBits) return 'RS256';
  if (type === 'ec' && namedCurve === 'prime256v1') return 'ES256';
  return type === 'ed25519' || type === 'ed448' ? 'EdDSA' : undefined;
}
