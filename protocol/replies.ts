import * as v from 'valibot';
import { codes } from './codes.ts';
import { limits } from './limits.ts';
import { conversation, message, you } from './model.ts';
import type { Action } from './requests.ts';
import { id, instant, mapOf, position, seq } from './scalars.ts';

/* What the server sends. Open objects: a receiver ignores what it does not know. */

const correlation = {
  id: v.exactOptional(id),
  /** Who the connection is, in the reply to a request with `who`. */
  you: v.exactOptional(you),
};
const page = { messages: v.array(message), first: seq, more: v.boolean() };

/** Replies, by the `type` they carry. */
export const replies = {
  subscribed: v.object({
    type: v.literal('subscribed'),
    ...correlation,
    conversation,
    ...page,
    /** The client's `since` was above the head: it must forget what it has. */
    reset: v.exactOptional(v.literal(true)),
  }),
  unsubscribed: v.object({ type: v.literal('unsubscribed'), ...correlation, conversationId: id }),
  sent: v.object({
    type: v.literal('sent'),
    ...correlation,
    conversationId: id,
    clientMessageId: id,
    seq,
    sentAt: instant,
    duplicate: v.boolean(),
  }),
  history: v.object({ type: v.literal('history'), ...correlation, conversationId: id, ...page }),
  conversations: v.object({
    type: v.literal('conversations'),
    ...correlation,
    conversations: v.array(conversation),
    cursor: v.exactOptional(v.string()),
  }),
  changed: v.object({ type: v.literal('changed'), ...correlation, conversation }),
  pong: v.object({
    type: v.literal('pong'),
    ...correlation,
    at: instant,
    heads: mapOf(v.nullable(position), limits.pingHeads),
    inbox: mapOf(v.nullable(instant), limits.pingInbox),
  }),
  error: v.object({
    type: v.literal('error'),
    ...correlation,
    code: v.picklist(codes),
    message: v.string(),
    retry: v.picklist(['no', 'now', 'backoff', 'reauth']),
    retryAfterMs: v.exactOptional(position),
  }),
} as const;

/** The type of the reply that answers each action, unless it is refused: then it is `error`. */
export const replyTypes = {
  subscribe: 'subscribed',
  unsubscribe: 'unsubscribed',
  sendMessage: 'sent',
  history: 'history',
  conversations: 'conversations',
  route: 'changed',
  close: 'changed',
  reopen: 'changed',
  ping: 'pong',
} as const satisfies Record<Action, Exclude<keyof typeof replies, 'error'>>;

/** Events, by the `type` they carry; they have no `id`. */
export const events = {
  message: v.object({
    type: v.literal('message'),
    message,
    /** The conversation's, after this entry; absent where it is delivered again after more has happened. */
    updatedAt: v.exactOptional(instant),
  }),
  conversation: v.object({
    type: v.literal('conversation'),
    event: v.picklist(['created', 'routed', 'closed', 'reopened', 'updated']),
    conversation,
    /** Its numbered entry, or the guest's message that caused it. */
    message: v.exactOptional(message),
  }),
  bye: v.object({
    type: v.literal('bye'),
    reason: v.picklist(['token_expired', 'revoked', 'flood']),
    retry: v.picklist(['no', 'backoff', 'reauth']),
  }),
} as const;

/** A reply as the server writes it. */
export type Reply<T extends keyof typeof replies = keyof typeof replies> = v.InferInput<(typeof replies)[T]>;
/** The reply that an action is answered with, as the server writes it. */
export type ReplyTo<A extends Action> = Reply<(typeof replyTypes)[A]>;
/** An event as the server writes it. */
export type Event<T extends keyof typeof events = keyof typeof events> = v.InferInput<(typeof events)[T]>;
export type ServerFrame = Reply | Event;

/** API Gateway's own frame, which has no `type`: a fault, the 29 s limit or a throttle of an unknown request. */
export const gatewayFrame = v.object({
  message: v.string(),
  connectionId: v.exactOptional(v.string()),
  requestId: v.exactOptional(v.string()),
});
