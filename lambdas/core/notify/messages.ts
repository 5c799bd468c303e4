import type { GuestMessage, NotifyEventOf } from '../../../protocol/notify.ts';
import type { Decision } from '../append.ts';
import type { Conversation, Entry } from '../conversation.ts';
import { noSuchConversation } from '../refusals.ts';
import { createdAgain, differs, named, newGuest } from './guest.ts';
import { storedText, withGuestMessage, withRevision } from './guest-entry.ts';
import { byEventId, type UpstreamProposal } from './upstream-proposal.ts';

/** A conversation, with or without the guest's first message in it. */
export function proposeCreation(event: NotifyEventOf<'conversation.created'>): UpstreamProposal {
  const { hotelId, conversation, message } = event;
  return {
    ref: { hotelId, conversationId: conversation.id },
    ...(message && { receipt: { sender: 'guest', key: message.id } }),
    decide: (current, now) => create(event, current, now),
    hasStored: (entry) => message !== undefined && isText(message, entry),
  };
}

/** A guest's message, by the channel's id of it. */
export function proposeMessage(event: NotifyEventOf<'message.received'>): UpstreamProposal {
  return {
    ref: event,
    receipt: { sender: 'guest', key: event.message.id },
    decide: (current, now) => receive(event, current, now),
    hasStored: (entry) => isText(event.message, entry),
  };
}

/** What a guest does to an earlier message. */
export function proposeRevision(
  event: NotifyEventOf<'message.edited' | 'message.deleted'>,
): UpstreamProposal {
  return {
    ref: event,
    receipt: byEventId(event.eventId, `${event.type} ${event.messageId}`),
    decide(current, now) {
      if (current === undefined) return noSuchConversation;
      return { kind: 'store', ...withRevision(current, event, now) };
    },
    hasStored: (entry) => event.messageId === entry.messageId && isText(event, entry),
  };
}

function isText(content: Pick<GuestMessage, 'text'>, { text }: Entry): boolean {
  return storedText(content) === text;
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
