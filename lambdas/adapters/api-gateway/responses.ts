import { encode } from '../../../protocol/codec.ts';
import type { Reply } from '../../../protocol/replies.ts';

/** What a function answers to API Gateway. */
export interface ProxyResponse {
  readonly statusCode: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * A reply to a frame. Always 200: what a two-way route does with another status is not documented, and reports differ.
 */
export function reply(frame: Reply, requestId: string | undefined): ProxyResponse {
  return { statusCode: 200, body: encode(requestId === undefined ? frame : { ...frame, id: requestId }) };
}

/** The answer to a handshake or to its end. */
export function status(statusCode: number, headers?: Readonly<Record<string, string>>): ProxyResponse {
  return { statusCode, ...(headers === undefined ? {} : { headers }) };
}
