import type { NotifyEvent, NotifyEventOf } from '../../../protocol/notify.ts';
import { type Decision, type Proposal } from '../append.ts';
import type { Conversation, Receipt } from '../conversation.ts';
import { noSuchConversation } from '../refusals.ts';
import { createdAgain, differs, named, newGuest } from './guest.ts';
import { withGuestMessage, withRevision } from './guest-entry.ts';
import { applyState, changeOf } from './state-event.ts';

/** What an upstream event wants to happen to its conversation. */
export function propose(event: NotifyEvent): Proposal {
  switch (event.type) {
    case 'conversation.created':
      return {
        ref: { hotelId: event.hotelId, conversationId: event.conversation.id },
        ...(event.message && { receipt: { sender: 'guest', key: event.message.id } }),
        decide: (current, now) => create(event, current, now),
      };
    case 'message.received':
      return {
        ref: event,
        receipt: { sender: 'guest', key: event.message.id },
        decide: (current, now) => receive(event, current, now),
      };
    case 'message.edited':
    case 'message.deleted':
      return {
        ref: event,
        receipt: byEventId(event.eventId, `${event.type} ${event.messageId}`),
        decide(current, now) {
          if (current === undefined) return noSuchConversation;
          return { kind: 'store', ...withRevision(current, event, now) };
        },
      };
    case 'conversation.routed':
    case 'conversation.closed':
    case 'conversation.reopened': {
      const change = changeOf(event);
      const wanted = change.event === 'routed' ? `routed ${change.department}` : change.event;
      return {
        ref: event,
        receipt: byEventId(event.eventId, wanted),
        decide: (current, now) => applyState(event, current, now),
      };
    }
  }
}

/** Ids of events are upstream's own and never meet the ids of a guest's messages. */
function byEventId(key: string, wanted: string): Receipt {
  return { sender: 'upstream', key, wanted };
}

/** A conversation that exists is not created again; what is new of its guest, and a message, are taken all the same. */
function create(
  event: NotifyEventOf<'conversation.created'>,
  current: Conversation | undefined,
  now: Date,
): Decision {
  const { conversation, message } = event;
  if (current !== undefined) return createAgain(event, current, now);
  const empty: Conversation = {
    hotelId: event.hotelId,
    conversationId: conversation.id,
    department: conversation.department ?? null,
    status: 'open',
    ...newGuest(conversation.guest, message?.sentAt, now),
    head: 0,
    updatedAt: now.toISOString(),
  };
  return message === undefined
    ? { kind: 'store', next: empty, note: 'created' }
    : { kind: 'store', ...withGuestMessage(empty, message, now, {}, 'created') };
}

function createAgain(
  { conversation, message }: NotifyEventOf<'conversation.created'>,
  current: Conversation,
  now: Date,
): Decision {
  const known = createdAgain(current, conversation.guest, message, now);
  if (message !== undefined) return { kind: 'store', ...withGuestMessage(current, message, now, known) };
  return differs(known.guest, current.guest)
    ? { kind: 'store', next: { ...current, ...known }, note: 'updated' }
    : { kind: 'unchanged', conversation: current };
}

function receive(
  { message, guest }: NotifyEventOf<'message.received'>,
  current: Conversation | undefined,
  now: Date,
): Decision {
  if (current === undefined) return noSuchConversation;
  const known = named(current, guest?.name, message.sentAt, now);
  return { kind: 'store', ...withGuestMessage(current, message, now, known) };
}
