import type { Conversation, Message } from '../../../protocol/model.ts';

/** The time of a commit, by its seq. */
export const at = (seq: number): string => new Date(1_700_000_000_000 + seq * 1000).toISOString();

export function message(seq: number, given: Partial<Message> = {}): Message {
  return {
    conversationId: 'c1',
    seq,
    id: `guest-${seq}`,
    sender: { kind: 'guest', id: 'gil' },
    text: `text ${seq}`,
    sentAt: at(seq),
    ...given,
  };
}

/** Messages from one seq to another. */
export function messages(from: number, to: number, given: Partial<Message> = {}): Message[] {
  return Array.from({ length: Math.max(0, to - from + 1) }, (_, n) => message(from + n, given));
}

export function conversation(head: number, given: Partial<Conversation> = {}): Conversation {
  return {
    id: 'c1',
    department: 'front-desk',
    status: 'open',
    guest: { id: 'gil' },
    head,
    updatedAt: at(head),
    ...given,
  };
}

/** The answer to `subscribe` that shows messages `from` to `to` of a log that ends at `head`. */
export function subscribed(from: number, to: number, head = to, given: object = {}) {
  return {
    type: 'subscribed',
    conversation: conversation(head),
    messages: messages(from, to),
    first: 1,
    more: to < head,
    ...given,
  };
}

export function history(from: number, to: number, given: object = {}) {
  return {
    type: 'history',
    conversationId: 'c1',
    messages: messages(from, to),
    first: 1,
    more: false,
    ...given,
  };
}

/** An event; `updatedAt`: of its conversation, after it. */
export function live(seq: number, given: Partial<Message> = {}, updatedAt = at(seq)) {
  return { type: 'message', message: message(seq, given), updatedAt };
}

export function sent(seq: number, given: object = {}) {
  return {
    type: 'sent',
    conversationId: 'c1',
    clientMessageId: 'm1',
    seq,
    sentAt: at(seq),
    duplicate: false,
    ...given,
  };
}

export function refusal(code: string, retry: string, given: object = {}) {
  return { type: 'error', code, message: `${code}.`, retry, ...given };
}
