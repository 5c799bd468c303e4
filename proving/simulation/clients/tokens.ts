import type { TokenVerifier } from '../../../lambdas/adapters/token/verifier.ts';
import type { ClaimNames } from '../../../lambdas/core/claims.ts';
import { fieldsOf, type Fields } from '../history/frames.ts';

/** Other names than the stack's own: who reads a token under those takes what is somebody else's. */
export const claimNames: ClaimNames = {
  hotel: 'org_id',
  departments: 'groups',
  name: 'display_name',
  role: 'role',
};

/** A member of staff, as the issuer knows them. */
export interface User {
  readonly hotel: string;
  readonly id: string;
  readonly role: 'staff' | 'manager';
  departments: readonly string[];
}

/** A token in the shape of a JWT; its signature says nothing here. `now` and lifetime in seconds. */
export function tokenFor(user: User, now: number, lifetime: number): string {
  const claims = {
    sub: user.id,
    [claimNames.hotel]: user.hotel,
    [claimNames.departments]: user.departments,
    [claimNames.name]: `${user.id} of ${user.hotel}`,
    hotel_id: 'no-hotel',
    name: 'nobody',
    role: user.role,
    iat: Math.floor(now),
    exp: Math.floor(now + lifetime),
  };
  return `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.x`;
}

/** Believes every signature: what signatures are worth is tried elsewhere. */
export const simulatedVerifier: TokenVerifier = {
  hydrate: () => Promise.resolve(),
  verify: (token) => Promise.resolve({ ok: true, claims: claimsOf(token) }),
};

export function hotelOf(token: string): string {
  return String(claimsOf(token)[claimNames.hotel]);
}

function claimsOf(token: string): Fields {
  const [, payload = ''] = token.split('.');
  return fieldsOf(JSON.parse(Buffer.from(payload, 'base64url').toString()));
}
