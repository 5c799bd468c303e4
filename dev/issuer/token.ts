import { SignJWT } from 'jose';
import { localRun } from '../settings.ts';
import { signingAlgorithm, type SigningKey } from './signing-key.ts';

/** Whom a token speaks for. */
export interface Staff {
  readonly user: string;
  readonly hotel: string;
  readonly departments: readonly string[];
  readonly name?: string;
  readonly role?: string;
}

export interface TokenOptions {
  readonly key: SigningKey;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** Seconds until it expires; negative for one that has expired. */
  readonly expiresIn: number;
  readonly id: string;
}

/** An access token as the local issuer signs it (RFC 9068), with the claim names that the stack has by default. */
export async function issueToken(staff: Staff, { key, now, expiresIn, id }: TokenOptions): Promise<string> {
  const seconds = Math.floor(now / 1000);
  return await new SignJWT({
    hotel_id: staff.hotel,
    departments: staff.departments,
    ...(staff.name === undefined ? {} : { name: staff.name }),
    ...(staff.role === undefined ? {} : { role: staff.role }),
  })
    .setProtectedHeader({ alg: signingAlgorithm, typ: 'at+jwt', kid: key.kid })
    .setIssuer(localRun.issuer)
    .setAudience(localRun.audience)
    .setSubject(staff.user)
    .setIssuedAt(seconds + Math.min(expiresIn, 0))
    .setExpirationTime(seconds + expiresIn)
    .setJti(id)
    .sign(key.privateKey);
}
