import { parseJson } from '../protocol/codec.ts';
import type { Sender } from '../protocol/model.ts';
import { isFields, isText } from './shapes.ts';

/** A token and what can be read in it without trusting it; the server alone decides what it is worth. */
export interface Token {
  readonly text: string;
  /** How the server will name the sender of this connection's messages. */
  readonly sender: Sender;
  /** Whose it is, the hotel under the server's default names: nothing of one owner is shown or sent as another's. */
  readonly owner: string;
  /** When to ask for another one, on the local clock; never, for a token that cannot be read. */
  readonly renewAt: number;
}

/**
 * Reads a token that came just now.
 *
 * `renewAt` is `renewMs` before the end, or a quarter of the lifetime if that is less. A local clock that is wrong
 * does not shorten a life by more than it is wrong, and a token that seems to be over was not when it came: then
 * its lifetime counts from now.
 */
export function readToken(text: string, now: number, renewMs: number): Token {
  const payload = parseJson(decodeBase64Url(text.split('.')[1] ?? ''));
  const claims = isFields(payload) ? payload : {};
  const textOf = (claim: string): string | undefined => {
    const value = claims[claim];
    return isText(value) ? value : undefined;
  };
  const name = textOf('name');
  const id = textOf('sub') ?? '';
  const left = lifetime(claims['iat'], claims['exp'], now);
  return {
    text,
    sender: { kind: 'staff', id, ...(name === undefined ? {} : { name }) },
    owner: JSON.stringify([claims['iss'], id, claims['hotel_id'], claims['custom:hotel_id']]),
    renewAt: now + left - Math.min(renewMs, left / 4),
  };
}

function lifetime(issuedAt: unknown, expiresAt: unknown, now: number): number {
  if (typeof expiresAt !== 'number') return Number.POSITIVE_INFINITY;
  const left = expiresAt * 1000 - now;
  const whole = typeof issuedAt === 'number' ? (expiresAt - issuedAt) * 1000 : left;
  return left > 0 ? Math.min(left, whole) : whole;
}

function decodeBase64Url(text: string): string {
  try {
    const bytes = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
    return new TextDecoder().decode(Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)));
  } catch {
    return '';
  }
}
