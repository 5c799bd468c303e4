import * as v from 'valibot';
import { limits } from './limits.ts';
import { owned, status } from './model.ts';
import { fieldMessage, id, instant, mapOf, messageText, position, seq, wholeNumber } from './scalars.ts';

/* What a client sends. Closed objects: an unknown field is refused, so that a misspelt one is not ignored. */

const request = <const Name extends string, Fields extends v.ObjectEntries>(action: Name, fields: Fields) =>
  v.strictObject(
    {
      action: v.literal(action, `must be ${action}, as its route is`),
      id: v.exactOptional(id),
      /** The reply says who the connection is. */
      who: v.exactOptional(v.literal(true, 'must be true or absent')),
      ...fields,
    },
    fieldMessage,
  );

export const requests = {
  subscribe: request('subscribe', { conversationId: id, since: v.exactOptional(position) }),
  unsubscribe: request('unsubscribe', { conversationId: id }),
  sendMessage: request('sendMessage', {
    conversationId: id,
    clientMessageId: id,
    text: messageText,
    as: v.exactOptional(owned),
  }),
  history: v.pipe(
    request('history', {
      conversationId: id,
      before: v.exactOptional(seq),
      after: v.exactOptional(position),
      limit: v.exactOptional(wholeNumber(1, limits.historyPage), limits.historyPageDefault),
    }),
    v.check(
      (it) => it.before === undefined || it.after === undefined,
      'must have before or after or neither, not both',
    ),
  ),
  conversations: request('conversations', {
    department: v.exactOptional(v.nullable(id)),
    status: v.exactOptional(status, 'open'),
    limit: v.exactOptional(wholeNumber(1, limits.conversationsPage), limits.conversationsPageDefault),
    cursor: v.exactOptional(
      v.pipe(
        v.string('must be a string'),
        v.maxLength(limits.cursorUnits, 'must be a cursor of an earlier answer'),
      ),
    ),
  }),
  route: request('route', { conversationId: id, department: id }),
  close: request('close', { conversationId: id }),
  reopen: request('reopen', { conversationId: id }),
  ping: request('ping', {
    heads: v.exactOptional(mapOf(position, limits.pingHeads)),
    inbox: v.exactOptional(mapOf(instant, limits.pingInbox)),
  }),
} as const;

export type Action = keyof typeof requests;

/** The request of an action as the server sees it: defaults filled in, maps as Maps. */
export type Request<A extends Action = Action> = v.InferOutput<(typeof requests)[A]>;

/** The request of an action as a client writes it. */
export type RequestInput<A extends Action = Action> = v.InferInput<(typeof requests)[A]>;
