import { encode, type Asking } from '../../../protocol/codec.ts';
import type { Reply } from '../../../protocol/replies.ts';
import type { Identity } from '../../core/identity.ts';

/** What a function answers to API Gateway. */
export interface ProxyResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A reply to a frame, with the request's `id`, and with who the connection is if that was asked. Always 200: what a
 * two-way route does with another status is not documented, and reports differ.
 */
export function reply(frame: Reply, { id, who }: Asking, identity: Identity): ProxyResponse {
  const { hotelId, userId, name } = identity;
  const you = { hotelId, userId, ...(name === undefined ? {} : { name }) };
  const asked = { ...(id === undefined ? {} : { id }), ...(who === true ? { you } : {}) };
  return { statusCode: 200, body: encode({ ...frame, ...asked }) };
}

/** The answer to a handshake or to its end. */
export function status(statusCode: number, headers?: Readonly<Record<string, string>>): ProxyResponse {
  return { statusCode, ...(headers === undefined ? {} : { headers }) };
}
