import type { Code } from '../protocol/codes.ts';
import type { Reply } from '../protocol/replies.ts';
import { isText } from './shapes.ts';

/**
 * Why a promise of the client was rejected: a refusal of the server by its code, or one of the client's own.
 *
 * - `QUEUE_FULL`: as many wait as may wait; nothing was kept.
 * - `TIMEOUT`: no answer in time, and nothing was changed by it.
 * - `UNKNOWN`: no answer came, or none was waited for; it may have happened, or happen later.
 * - `CLIENT_CLOSED`: the client was closed before the answer.
 */
export type ClientCode = Code | 'QUEUE_FULL' | 'TIMEOUT' | 'UNKNOWN' | 'CLIENT_CLOSED';

export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientCode;

  constructor(code: ClientCode, message: string) {
    super(message);
    this.code = code;
  }
}

export function refusal({ code, message }: Reply<'error'>): ClientError {
  return new ClientError(code, message);
}

/** `most` wait already. */
export function queueFull(most: number): ClientError {
  return new ClientError('QUEUE_FULL', `${most} wait already.`);
}

export function unknown(): ClientError {
  return new ClientError('UNKNOWN', 'It may have happened.');
}

export function clientClosed(): ClientError {
  return new ClientError('CLIENT_CLOSED', 'The client was closed.');
}

/** Throws `BAD_REQUEST` for the first of an app's values, by their names, that is no text: not every app is checked for its types. */
export function requireText(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (isText(value)) continue;
    const kind = value === null ? 'null' : typeof value;
    throw new ClientError('BAD_REQUEST', `${name}: must be a string; got ${kind}`);
  }
}
