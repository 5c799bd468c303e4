import * as v from 'valibot';
import { attachment } from './model.ts';
import { freeText, id, openObject, seq, upstreamInstant, wholeNumber } from './scalars.ts';

/*
 * What upstream Lambdas send to `notify`. Open objects: a field that is not known is ignored and counted. What a
 * guest wrote (texts and names) is taken as it comes and cleaned later, because a guest's message is never refused
 * for its content.
 */

const written = v.string('must be a string');

const guestAttachment = openObject({ ...attachment.entries, name: v.exactOptional(written) });

const guestMessage = openObject({
  id,
  text: written,
  sentAt: v.exactOptional(upstreamInstant),
  attachments: v.exactOptional(v.array(guestAttachment, 'must be a list of attachments')),
});
export type GuestMessage = v.InferOutput<typeof guestMessage>;

const stateEvent = {
  hotelId: id,
  conversationId: id,
  eventId: id,
  /** When it happened upstream; an event older than the last applied one is stale. */
  at: v.exactOptional(upstreamInstant),
};

const created = openObject({
  type: v.literal('conversation.created'),
  hotelId: id,
  conversation: openObject({
    id,
    department: v.exactOptional(v.nullable(id)),
    guest: openObject({
      id,
      name: v.exactOptional(written),
      channel: v.exactOptional(freeText),
      /** Where an answer goes, such as a phone number; never shown to staff. */
      address: v.exactOptional(freeText),
    }),
  }),
  message: v.exactOptional(guestMessage),
});

const received = openObject({
  type: v.literal('message.received'),
  hotelId: id,
  conversationId: id,
  message: guestMessage,
});

const routed = openObject({ type: v.literal('conversation.routed'), ...stateEvent, department: id });
const closed = openObject({ type: v.literal('conversation.closed'), ...stateEvent });
const reopened = openObject({ type: v.literal('conversation.reopened'), ...stateEvent });

export const notifyEvent = v.variant('type', [created, received, routed, closed, reopened], (issue) =>
  issue.expected === 'Object'
    ? 'An event is an object.'
    : 'must be one of conversation.created, message.received, conversation.routed, conversation.closed, conversation.reopened',
);

export type NotifyEvent = v.InferOutput<typeof notifyEvent>;
export type NotifyEventOf<T extends NotifyEvent['type']> = Extract<NotifyEvent, { type: T }>;

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** What `notify` answers to each event. */
export const notifyAnswer = openObject({
  ok: v.literal(true),
  type: v.picklist(notifyEvent.options.map((option) => option.entries.type.literal)),
  conversationId: id,
  /** The number of what was stored, now or the first time; absent when the event stores no entry. */
  seq: v.exactOptional(seq),
  duplicate: v.boolean(),
  /** A state event older than the last applied one. */
  stale: v.exactOptional(v.literal(true)),
  /** The conversation has no department; the hotel's managers see it. */
  unrouted: v.exactOptional(v.literal(true)),
  /** How many connections should get the event: the sum of the other four. */
  audience: count,
  delivered: count,
  gone: count,
  failed: count,
  /** Handed to workers. */
  deferred: count,
});
export type NotifyAnswer = v.InferOutput<typeof notifyAnswer>;
