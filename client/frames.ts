import { parseJson } from '../protocol/codec.ts';
import type { Conversation, Message, Sender } from '../protocol/model.ts';
import type { Event, Reply, ReplyTo } from '../protocol/replies.ts';
import type { Action } from '../protocol/requests.ts';
import {
  has,
  isFields,
  isFlag,
  isPosition,
  isSeq,
  isText,
  listOf,
  mapOf,
  nullable,
  optional,
  type Fields,
} from './shapes.ts';

/*
 * What the client checks of a server's frame: the type, and every field that it acts upon. It does not use the schemas
 * of `protocol/`: they would be half of its size, and they hold what this version of the server writes, while a
 * client is older than its server. A new `event`, `sender.kind` or `code` must not make a numbered entry unreadable,
 * because a hole would never close. So values of these sets may be others than their types say.
 */

export type { ReplyTo };

const isMessage = has<Message>({
  conversationId: isText,
  seq: isSeq,
  id: isText,
  sender: has<Sender>({ kind: isText, id: isText }),
  text: isText,
  sentAt: isText,
});

const isConversation = has<Conversation>({
  id: isText,
  department: nullable(isText),
  status: isText,
  guest: has<Conversation['guest']>({ id: isText }),
  head: isPosition,
  updatedAt: isText,
});

const page = { messages: listOf(isMessage), first: isSeq, more: isFlag };

const ofType = <T extends Reply>(type: T['type'], tests: Parameters<typeof has<T>>[0]) =>
  has<T>({ ...tests, type: (value) => value === type });

const isChanged = ofType<Reply<'changed'>>('changed', { conversation: isConversation });

const replyTests: { readonly [A in Action]: (frame: unknown) => frame is ReplyTo<A> } = {
  subscribe: ofType<Reply<'subscribed'>>('subscribed', { conversation: isConversation, ...page }),
  unsubscribe: ofType<Reply<'unsubscribed'>>('unsubscribed', {}),
  sendMessage: ofType<Reply<'sent'>>('sent', { seq: isSeq, sentAt: isText }),
  history: ofType<Reply<'history'>>('history', page),
  conversations: ofType<Reply<'conversations'>>('conversations', {
    conversations: listOf(isConversation),
    cursor: optional(isText),
  }),
  route: isChanged,
  close: isChanged,
  reopen: isChanged,
  ping: ofType<Reply<'pong'>>('pong', {
    heads: mapOf(nullable(isPosition)),
    inbox: mapOf(nullable(isText)),
  }),
};

const eventTests: { readonly [Type in Event['type']]: (frame: unknown) => frame is Event<Type> } = {
  message: has<Event<'message'>>({ message: isMessage, updatedAt: optional(isText) }),
  conversation: has<Event<'conversation'>>({ conversation: isConversation, message: optional(isMessage) }),
  bye: has<Event<'bye'>>({ reason: isText, retry: isText }),
};

/** The JSON object in a frame; undefined for anything else. Never throws. */
export function readFrame(data: unknown): Fields | undefined {
  const frame = isText(data) ? parseJson(data) : undefined;
  return isFields(frame) ? frame : undefined;
}

/** Whether a frame is the reply that this action is answered with. */
export function isReplyTo<A extends Action>(action: A, frame: Fields): frame is Fields & ReplyTo<A> {
  return replyTests[action](frame);
}

/** Whether a frame is a refusal. */
export const isError = ofType<Reply<'error'>>('error', {
  code: isText,
  message: isText,
  retry: isText,
  retryAfterMs: optional(isPosition),
});

export function isEvent(frame: Fields): frame is Fields & Event {
  const { type } = frame;
  return (type === 'message' || type === 'conversation' || type === 'bye') && eventTests[type](frame);
}

/** A fault of a request that is not named: API Gateway's own frame, or an error without an id. */
export function isFault({ type, message }: Fields): boolean {
  return type === 'error' || (type === undefined && isText(message));
}
