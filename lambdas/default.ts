import { parseMessageEvent } from './adapters/api-gateway/events.ts';
import { reply, type ProxyResponse } from './adapters/api-gateway/responses.ts';
import { errorFrame, refuseUnrouted } from '../protocol/codec.ts';

/** A frame that no route took: not JSON, no action, or one that does not exist. */
export function handler(event: unknown): Promise<ProxyResponse> {
  const { connection, text } = parseMessageEvent(event);
  const refused = refuseUnrouted(text);
  return Promise.resolve(reply(errorFrame(refused.refusal), refused, connection.identity));
}
