import * as v from 'valibot';
import { field, mendedContent, readable } from './guest-content.ts';
import { address, freeText, id, openObject, seq, upstreamInstant, wholeNumber } from './scalars.ts';

/*
 * What upstream Lambdas send to `notify`. Open objects: a field that is not known is ignored and counted. What identifies
 * (type, hotel, conversation, message, event, department) and the time of a change of state are refused when they are
 * wrong. What comes from the guest is taken as it comes, mended here (`guest-content.ts`) and cut where it is stored,
 * because a guest's message is never refused for its content.
 */

/** Anything, or nothing: what a guest wrote. */
const anything = v.exactOptional(v.unknown());

const guestMessage = v.pipe(
  openObject({ id, text: anything, sentAt: anything, attachments: anything }),
  v.transform((message) => ({ id: message.id, ...mendedContent(message) })),
);
export type GuestMessage = v.InferOutput<typeof guestMessage>;

/** `name` as it was written. `address` is where an answer goes, such as a phone number; never shown to staff. */
const guest = v.pipe(
  openObject({ id, name: anything, channel: anything, address: anything }),
  v.transform((given) => ({
    id: given.id,
    ...field('name', readable(v.string(), given.name)),
    ...field('channel', readable(freeText, given.channel)),
    ...field('address', readable(address, given.address)),
  })),
);

/** What a message tells of its guest. */
const renaming = v.pipe(
  v.unknown(),
  v.transform((given) => field('name', readable(v.object({ name: v.string() }), given)?.name)),
);

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
  conversation: openObject({ id, department: v.exactOptional(v.nullable(id)), guest }),
  message: v.exactOptional(guestMessage),
});

const received = openObject({
  type: v.literal('message.received'),
  hotelId: id,
  conversationId: id,
  message: guestMessage,
  guest: v.exactOptional(renaming),
});

const revision = { hotelId: id, conversationId: id, messageId: id, eventId: id, at: anything };

const edited = v.pipe(
  openObject({ type: v.literal('message.edited'), ...revision, text: anything }),
  v.transform(({ at, text, ...event }) => ({ ...event, ...mendedContent({ text, sentAt: at }) })),
);

const deleted = v.pipe(
  openObject({ type: v.literal('message.deleted'), ...revision }),
  v.transform(({ at, ...event }) => ({ ...event, ...mendedContent({ text: '', sentAt: at }) })),
);

const routed = openObject({ type: v.literal('conversation.routed'), ...stateEvent, department: id });
const closed = openObject({ type: v.literal('conversation.closed'), ...stateEvent });
const reopened = openObject({ type: v.literal('conversation.reopened'), ...stateEvent });

const eventSchemas = [created, received, edited, deleted, routed, closed, reopened] as const;
const eventTypes = eventSchemas.map((schema) => schema.entries.type.literal);

export const notifyEvent = v.variant('type', eventSchemas, (issue) =>
  issue.expected === 'Object' ? 'An event is an object.' : `must be one of ${eventTypes.join(', ')}`,
);

const messageTime = v.object({ message: v.object({ sentAt: v.nonOptional(v.unknown()) }) });
const revisionTime = v.object({ at: v.nonOptional(v.unknown()) });

/** Whether the `input` of an event gave a time of the guest that the event has not, because it could not be read. */
export function lostGuestTime(event: NotifyEvent, input: unknown): boolean {
  switch (event.type) {
    case 'conversation.created':
    case 'message.received':
      return event.message?.sentAt === undefined && v.is(messageTime, input);
    case 'message.edited':
    case 'message.deleted':
      return event.sentAt === undefined && v.is(revisionTime, input);
    case 'conversation.routed':
    case 'conversation.closed':
    case 'conversation.reopened':
      return false;
  }
}

/** What an event is about, whether it is valid or not. */
export const eventAbout = v.union([
  v.object({ hotelId: id, conversationId: id }),
  v.pipe(
    v.object({ hotelId: id, conversation: v.object({ id }) }),
    v.transform(({ hotelId, conversation }) => ({ hotelId, conversationId: conversation.id })),
  ),
]);

/** An event as upstream sends it. */
export type NotifyInput = v.InferInput<typeof notifyEvent>;
/** An event as the server sees it, mended. */
export type NotifyEvent = v.InferOutput<typeof notifyEvent>;
export type NotifyEventOf<T extends NotifyEvent['type']> = Extract<NotifyEvent, { type: T }>;

const count = wholeNumber(0, Number.MAX_SAFE_INTEGER);

/** What `notify` answers to each event. */
export const notifyAnswer = openObject({
  ok: v.literal(true),
  type: v.picklist(eventTypes),
  conversationId: id,
  /** The number of what was stored, now or the first time; absent when the event stores no entry. */
  seq: v.exactOptional(seq),
  duplicate: v.boolean(),
  /** A state event older than the last applied one, or a closing older than the guest's newest message. */
  stale: v.exactOptional(v.literal(true)),
  /** The conversation has no department; the hotel's managers see it. */
  unrouted: v.exactOptional(v.literal(true)),
  /** How many connections should get the event: the sum of the other four. */
  audience: count,
  delivered: count,
  gone: count,
  failed: count,
  /** Always 0 so far (`notSentYet`). */
  deferred: count,
});
export type NotifyAnswer = v.InferOutput<typeof notifyAnswer>;
