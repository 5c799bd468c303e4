import { randomUUID } from 'node:crypto';
import { decodeJwt } from 'jose';
import type { SigningKey } from '../../../dev/issuer/signing-key.ts';
import { issueToken } from '../../../dev/issuer/token.ts';
import type { User } from '../../simulation/clients/tokens.ts';

/** A token of the local issuer, as `npm run token` prints it; `seconds` until it expires. */
export function tokenOf(key: SigningKey, user: User, seconds: number): Promise<string> {
  const { id, hotel, departments, role } = user;
  const staff = { user: id, hotel, departments, name: id, role };
  return issueToken(staff, { key, now: Date.now(), expiresIn: seconds, id: randomUUID() });
}

/** What a token says, as the history has it; `expires` counts from `startedAt`. */
export function identityIn(token: string, startedAt: number) {
  const { sub = '', hotel_id: hotel, role, departments, exp = 0 } = decodeJwt(token);
  return {
    user: sub,
    hotel: String(hotel),
    role: String(role),
    departments: Array.isArray(departments) ? departments.map(String) : [],
    expires: exp * 1000 - startedAt,
  };
}
