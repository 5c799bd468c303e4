import * as v from 'valibot';
import { limits } from '../../protocol/limits.ts';
import { freeText, id } from '../../protocol/scalars.ts';
import { upstreamSender } from './conversation.ts';
import type { Identity } from './identity.ts';

/** Which claim of a token holds what. */
export interface ClaimNames {
  readonly hotel: string;
  readonly departments: string;
  readonly name: string;
  readonly role: string;
}

/** An identity, with how many of the token's departments are no ids; or why the token is refused. */
export type ReadClaims =
  | { readonly ok: true; readonly identity: Identity; readonly departmentsIgnored: number }
  | { readonly ok: false; readonly reason: string };

/** A token that lives longer than this is refused: its bearer could not be locked out by waiting. */
const longestLifeSeconds = 24 * 60 * 60;

/** By how much an issuer's clock may run ahead. */
const clockToleranceSeconds = 30;

const epochSeconds = v.pipe(v.number(), v.safeInteger());

/**
 * Who a token says that its bearer is. Its signature, issuer and audience have been verified before.
 *
 * A bad `sub`, hotel or time refuses. A department that is no id, one beyond the 64th, and a name that is no text are
 * left out.
 */
export function readClaims(claims: object, names: ClaimNames, now: Date): ReadClaims {
  const userId = v.safeParse(id, own(claims, 'sub'));
  if (!userId.success) return refuse('sub is no id');
  if (userId.output === upstreamSender) return refuse('sub is the name of upstream');
  const hotelId = v.safeParse(id, own(claims, names.hotel));
  if (!hotelId.success) return refuse(`${names.hotel} is no id`);
  const expiresAt = v.safeParse(epochSeconds, own(claims, 'exp'));
  const issuedAt = v.safeParse(epochSeconds, own(claims, 'iat'));
  if (!expiresAt.success || !issuedAt.success) return refuse('exp and iat must be whole numbers');
  const seconds = now.getTime() / 1000;
  if (expiresAt.output <= seconds) return refuse('the token has expired');
  if (expiresAt.output - seconds > longestLifeSeconds) return refuse('exp is more than 24 hours ahead');
  if (issuedAt.output > seconds + clockToleranceSeconds) return refuse('iat is in the future');
  const name = v.safeParse(freeText, own(claims, names.name));
  const { departments, ignored } = readDepartments(own(claims, names.departments));
  return {
    ok: true,
    identity: {
      hotelId: hotelId.output,
      userId: userId.output,
      ...(name.success ? { name: name.output } : {}),
      role: own(claims, names.role) === 'manager' ? 'manager' : 'staff',
      departments,
      tokenExpiresAt: expiresAt.output,
    },
    departmentsIgnored: ignored,
  };
}

/** A JSON array, or one text separated by spaces or commas. */
function readDepartments(claim: unknown): { departments: string[]; ignored: number } {
  const given: unknown[] =
    typeof claim === 'string' ? claim.split(/[\s,]+/).filter((part) => part !== '') : toArray(claim);
  const ids = given.flatMap((each) => {
    const parsed = v.safeParse(id, each);
    return parsed.success ? [parsed.output] : [];
  });
  const departments = [...new Set(ids)].slice(0, limits.departmentsPerToken);
  return { departments, ignored: new Set(given).size - departments.length };
}

function toArray(claim: unknown): unknown[] {
  return Array.isArray(claim) ? claim : [];
}

/** A token may hold a claim `__proto__`; only what is its own counts. */
function own(claims: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(claims, name)?.value;
}

function refuse(reason: string): ReadClaims {
  return { ok: false, reason };
}
