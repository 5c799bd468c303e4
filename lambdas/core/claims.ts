import * as v from 'valibot';
import { parseJson } from '../../protocol/codec.ts';
import { limits } from '../../protocol/limits.ts';
import { freeText, id } from '../../protocol/scalars.ts';
import { upstreamSender } from './conversation.ts';
import { tokenExpired, type Identity } from './identity.ts';
import { cleanName } from './text.ts';

/** Which claim of a token holds what. */
export interface ClaimNames {
  readonly hotel: string;
  readonly departments: string;
  readonly name: string;
  readonly role: string;
}

/** An identity, with how many of the token's departments are no ids; or why the token is refused. */
export type ReadClaims =
  { readonly ok: true; readonly identity: Identity; readonly departmentsIgnored: number } | Unreadable;

interface Unreadable {
  readonly ok: false;
  readonly reason: string;
}

type Life = { readonly ok: true; readonly expiresAt: number } | Unreadable;

/** Seconds since 1970; RFC 7519, 2 ("NumericDate") allows fractions. */
const epochSeconds = v.pipe(v.number(), v.finite());

/** Some providers keep the ids of organizations and groups as numbers; beyond the safe ones, two would be one. */
const numberedId = v.pipe(v.number(), v.safeInteger(), v.transform(String), id);
const idOrNumber = v.union([id, numberedId]);

/** As the names of guests: staff's is shown to colleagues in the same rows. */
const shownName = v.pipe(
  freeText,
  v.transform((name) => cleanName(name).text),
  v.nonEmpty(),
);

/** Keycloak writes a group as its path: `/front-desk`. A deeper one, such as `/hotel/front-desk`, is no department. */
const groupPath = v.pipe(
  v.string(),
  v.regex(/^\/[^/]+$/),
  v.transform((path) => path.slice(1)),
  id,
);
const department = v.union([idOrNumber, groupPath]);

/**
 * Who a token says that its bearer is. Its signature, issuer and audience have been verified before; its times have not.
 *
 * A bad `sub`, hotel or time refuses, and so do departments of which nothing can be understood: their bearer would
 * connect and see nothing. A department that is no id, one beyond the 64th, and a name that is no text to show are left out.
 */
export function readClaims(claims: object, names: ClaimNames, now: Date): ReadClaims {
  const userId = v.safeParse(id, own(claims, 'sub'));
  if (!userId.success) return refuse('sub is no id');
  if (userId.output === upstreamSender) return refuse('sub is the name of upstream');
  const hotelId = v.safeParse(idOrNumber, own(claims, names.hotel));
  if (!hotelId.success) return refuse(`${names.hotel} is no id`);
  const life = readLife(claims, now);
  if (!life.ok) return life;
  const read = readDepartments(own(claims, names.departments));
  if (read === undefined)
    return refuse(`${names.departments} is neither a list of ids nor a text that holds one`);
  const role = own(claims, names.role) === 'manager' ? 'manager' : 'staff';
  if (read.departments.length === 0 && read.ignored > 0 && role !== 'manager') {
    return refuse(`nothing in ${names.departments} is an id`);
  }
  const name = v.safeParse(shownName, own(claims, names.name));
  return {
    ok: true,
    identity: {
      hotelId: hotelId.output,
      userId: userId.output,
      ...(name.success ? { name: name.output } : {}),
      role,
      departments: read.departments,
      tokenExpiresAt: life.expiresAt,
    },
    departmentsIgnored: read.ignored,
  };
}

/** Until when a token is good, in whole seconds; or why it is not good now. */
function readLife(claims: object, now: Date): Life {
  const expiry = v.safeParse(epochSeconds, own(claims, 'exp'));
  const issued = v.safeParse(epochSeconds, own(claims, 'iat'));
  if (!expiry.success || !issued.success) return refuse('exp and iat must be numbers of seconds');
  const notBefore = v.safeParse(v.optional(epochSeconds), own(claims, 'nbf'));
  if (!notBefore.success) return refuse('nbf must be a number of seconds');
  const latestStart = now.getTime() / 1000 + limits.clockToleranceSeconds;
  if (issued.output > latestStart) return refuse('iat is in the future');
  if (notBefore.output !== undefined && notBefore.output > latestStart) return refuse('nbf is in the future');
  if (expiry.output - issued.output > limits.tokenSeconds + limits.clockToleranceSeconds) {
    return refuse(`exp is more than ${limits.tokenSeconds / 3600} hours after iat`);
  }
  const expiresAt = Math.floor(expiry.output);
  return tokenExpired(expiresAt, now) ? refuse('the token has expired') : { ok: true, expiresAt };
}

/** How a text may hold a list: as JSON, or bare in brackets, as some providers write what they keep as a list. */
const bracketed = /^\s*\[(.*)\]\s*$/s;

/** A JSON array or its text; or one text separated by spaces or commas, in brackets or not. Undefined: none of these. */
function readDepartments(claim: unknown): { departments: string[]; ignored: number } | undefined {
  const given = listIn(claim);
  if (given === undefined) return undefined;
  const read = given.map((each) => ({ each, parsed: v.safeParse(department, each) }));
  const understood = new Set(read.flatMap(({ parsed }) => (parsed.success ? [parsed.output] : [])));
  const others = new Set(read.flatMap(({ each, parsed }) => (parsed.success ? [] : [each])));
  const departments = [...understood].slice(0, limits.departmentsPerToken);
  return { departments, ignored: others.size + understood.size - departments.length };
}

function listIn(claim: unknown): unknown[] | undefined {
  if (claim === undefined || claim === null) return [];
  if (isList(claim)) return claim;
  if (typeof claim === 'number') return [claim];
  if (typeof claim !== 'string') return undefined;
  const list = bracketed.exec(claim)?.[1];
  const parsed = list === undefined ? undefined : parseJson(claim);
  if (isList(parsed)) return parsed;
  return (list ?? claim).split(/[\s,]+/).filter((part) => part !== '');
}

function isList(value: unknown): value is unknown[] {
  return Array.isArray(value);
}

/** A token may hold a claim `__proto__`; only what is its own counts. */
function own(claims: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(claims, name)?.value;
}

function refuse(reason: string): Unreadable {
  return { ok: false, reason };
}
