import { parseJson } from '../protocol/codec.ts';
import * as limits from '../protocol/client-limits.ts';
import { isFields, isText } from './shapes.ts';

/** A token, and its end. Everything else in it is for the server to read: whose it is comes with the first reply. */
export interface Token {
  readonly text: string;
  /** When it ends by what it says, milliseconds since the epoch; undefined for one that cannot be read. */
  readonly endsAt: number | undefined;
  /** When to ask for another one, on the local clock; never, for a token that cannot be read. */
  readonly renewAt: number;
}

/** Three parts of base64url: a signed JWT. */
const compact = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * Reads what a provider gave just now, white space around it aside. Throws an `Error` for what is no JWT: an error page,
 * an empty answer, nothing at all.
 *
 * `renewAt` is `renewMs` before the end, or a quarter of the lifetime if that is less. A local clock that is wrong
 * does not shorten a life by more than it is wrong, and a token that seems to be over was not when it came: then
 * its lifetime counts from now.
 */
export function readToken(given: unknown, now: number, renewMs: number): Token {
  const text = isText(given) ? given.trim() : '';
  if (!compact.test(text) || text.length > limits.tokenCharacters) {
    throw new Error(
      `token: must resolve to a JWT, three parts of base64url in at most ${limits.tokenCharacters} characters; got ${kindOf(given)}`,
    );
  }
  const payload = parseJson(decodeBase64Url(text.split('.')[1] ?? ''));
  const { iat, exp } = isFields(payload) ? payload : {};
  const left = lifetime(iat, exp, now);
  return {
    text,
    endsAt: typeof exp === 'number' ? exp * 1000 : undefined,
    renewAt: now + left - Math.min(renewMs, left / 4),
  };
}

/** What came instead of a token: never its text, which may be a secret all the same. */
function kindOf(given: unknown): string {
  if (!isText(given)) return given === null ? 'null' : `a value of type ${typeof given}`;
  const kind = given.trimStart().startsWith('<') ? 'HTML' : 'a text';
  return `${kind} of ${given.length} characters`;
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
