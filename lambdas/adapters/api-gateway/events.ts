import * as v from 'valibot';
import type { Connection, Identity } from '../../core/identity.ts';

/*
 * What API Gateway hands to the functions ("Set up a WebSocket API integration request", developer guide). Only what
 * is read here stands in the schemas. Identity comes from the authorizer's context alone, never from a frame.
 */

/** What the authorizer says of a connection; API Gateway hands it on with every event of that connection. */
export type AuthorizerContext = Readonly<Record<keyof v.InferInput<typeof identity>, string>>;

const identity = v.object({
  hotelId: v.string(),
  userId: v.string(),
  /** Empty when the token names nobody. */
  name: v.string(),
  role: v.picklist(['staff', 'manager']),
  /** Ids hold no white space. */
  departments: v.pipe(
    v.string(),
    v.transform((text) => text.split(' ').filter((department) => department !== '')),
  ),
  tokenExpiresAt: v.pipe(v.unknown(), v.transform(Number), v.integer()),
});

const connectionEvent = v.object({
  requestContext: v.object({
    connectionId: v.string(),
    connectedAt: v.number(),
    requestId: v.string(),
    routeKey: v.string(),
    authorizer: identity,
  }),
});

const messageEvent = v.object({ ...connectionEvent.entries, body: v.exactOptional(v.string(), '') });

export interface ConnectionEvent {
  readonly connection: Connection;
  readonly requestId: string;
}

/** A CONNECT or DISCONNECT event. Throws when it is none. */
export function parseConnectionEvent(event: unknown): ConnectionEvent {
  return fromContext(v.parse(connectionEvent, event).requestContext);
}

/** A MESSAGE event with the raw text of its frame. Throws when it is none. */
export function parseMessageEvent(
  event: unknown,
): ConnectionEvent & { readonly routeKey: string; readonly text: string } {
  const { requestContext, body } = v.parse(messageEvent, event);
  return { ...fromContext(requestContext), routeKey: requestContext.routeKey, text: body };
}

/** The authorizer's context for an identity: flat texts, as API Gateway takes them. */
export function contextOf({ name = '', departments, tokenExpiresAt, ...rest }: Identity): AuthorizerContext {
  return { ...rest, name, departments: departments.join(' '), tokenExpiresAt: String(tokenExpiresAt) };
}

function fromContext(context: v.InferOutput<typeof connectionEvent>['requestContext']): ConnectionEvent {
  const { name, ...rest } = context.authorizer;
  return {
    connection: {
      id: context.connectionId,
      connectedAt: context.connectedAt,
      identity: { ...rest, ...(name === '' ? {} : { name }) },
    },
    requestId: context.requestId,
  };
}
