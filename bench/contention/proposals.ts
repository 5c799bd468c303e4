import { randomUUID } from 'node:crypto';
import { nextUpdate, type Proposal } from '../../lambdas/core/append.ts';
import type { ConversationRef } from '../../lambdas/core/conversation.ts';
import { withGuestMessage } from '../../lambdas/core/notify/guest-entry.ts';
import { closed, noSuchConversation } from '../../lambdas/core/refusals.ts';
import { preview } from '../../lambdas/core/text.ts';

/** What wants to be stored, and which messages its sender had when it was first tried, if that is known. */
export interface Attempt extends Proposal {
  /** The newest seq known at the first try: whatever it was stored as is later than this. */
  readonly after?: number;
}

/** 126 characters, as long as a message of the budget. */
export const text =
  'Good evening! Your room is ready, the key lies at the desk, and breakfast begins at half past six in the hall by the old pool.';

/** A message of staff, decided as `core/send-message.ts` does. */
export function staffMessage(ref: ConversationRef, after?: number, given = text): Attempt {
  const [userId, key] = [randomUUID(), randomUUID()];
  return {
    ref,
    receipt: { sender: `staff#${userId}`, key },
    ...(after === undefined ? {} : { after }),
    decide(current, now) {
      if (current === undefined) return noSuchConversation;
      if (current.status === 'closed') return closed;
      const updatedAt = nextUpdate(current, now);
      const sender = { kind: 'staff', id: userId, name: 'Ana Horvat' } as const;
      const entry = { seq: current.head + 1, id: key, sender, text: given, sentAt: updatedAt };
      return {
        kind: 'store',
        next: { ...current, head: entry.seq, updatedAt, preview: preview(given) },
        entry,
      };
    },
  };
}

/** A guest's message, decided as `notify` does. */
export function guestMessage(ref: ConversationRef): Attempt {
  const id = `wamid.${randomUUID()}${randomUUID()}`.slice(0, 58);
  return {
    ref,
    receipt: { sender: 'guest', key: id },
    decide(current, now) {
      if (current === undefined) return noSuchConversation;
      return { kind: 'store', ...withGuestMessage(current, { id, text }, now) };
    },
  };
}

/** A state event that finds everything as it wants it: it stores no entry, but its receipt. */
export function noChange(ref: ConversationRef): Attempt {
  return {
    ref,
    receipt: { sender: 'upstream', key: randomUUID() },
    decide: (current) =>
      current === undefined ? noSuchConversation : { kind: 'store', next: current, note: 'settled' },
  };
}
