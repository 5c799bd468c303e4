import type { ApiContext } from './context.ts';
import { newId } from './ids.ts';

/** What API Gateway itself tells a client, with its own spacing (recorded). */
export function errorFrame(message: string, connectionId: string, requestId: string): string {
  return `{"message": ${JSON.stringify(message)}, "connectionId":"${connectionId}", "requestId":"${requestId}"}`;
}

/** The same for a request that no event was made of. */
export function errorFrameOf(context: ApiContext, message: string, connectionId: string): string {
  return errorFrame(message, connectionId, newId(context.random));
}
