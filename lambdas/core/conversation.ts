import type {
  Attachment,
  Conversation as WireConversation,
  Message,
  Sender,
  StateChange,
  Status,
} from '../../protocol/model.ts';

/** A conversation is found by its hotel, which comes from a verified token or an upstream event, and its id. */
export interface ConversationRef {
  readonly hotelId: string;
  readonly conversationId: string;
}

/** A conversation as it is stored. Only a commit changes it, and each commit of an entry moves `head` by one. */
export interface Conversation extends ConversationRef {
  /** Null until it is routed. */
  readonly department: string | null;
  readonly status: Status;
  readonly guest: Guest;
  /** The newest seq; 0 while the log is empty. */
  readonly head: number;
  /** Grows with every commit, whatever the clocks say: the inbox is ordered by it. */
  readonly updatedAt: string;
  readonly preview?: string;
  /** When the last applied change of state happened; older ones that come late are stale. Absent before the first. */
  readonly stateAt?: string;
}

export interface Guest {
  readonly id: string;
  readonly name?: string;
  readonly channel?: string;
  /** Where an answer goes; never shown to staff. */
  readonly address?: string;
}

/** One numbered entry of a conversation's log; never changed once stored. */
export interface Entry {
  readonly seq: number;
  readonly id: string;
  readonly sender: Sender;
  readonly text: string;
  readonly sentAt: string;
  readonly attachments?: readonly Attachment[];
  readonly truncated?: true;
  /** What a system entry tells. */
  readonly event?: StateChange;
  /** Where a `routed` entry routed to. */
  readonly department?: string;
  /** Where a `routed` entry routed from, so that a repeated delivery reaches the same departments. */
  readonly previousDepartment?: string | null;
  /** What a guest's message did to the conversation, so that a repeated delivery is the same frame. */
  readonly caused?: 'created' | 'reopened';
}

/** Who made a change that no member of staff made; no token may bear it as its `sub`. */
export const upstreamSender = 'upstream';

/** Remembers for ever under which number something was stored, so that a retry is harmless. */
export interface Receipt {
  /** Who sent it: `staff#{user}`, `guest` or `upstream`. */
  readonly sender: string;
  /** The sender's own key: `clientMessageId`, the channel's message id, or `eventId`. */
  readonly key: string;
}

/** A conversation as staff see it. */
export function conversationOnWire(conversation: Conversation): WireConversation {
  const { conversationId, department, status, guest, head, updatedAt, preview } = conversation;
  const { address: _, ...shown } = guest;
  return {
    id: conversationId,
    department,
    status,
    guest: shown,
    head,
    updatedAt,
    ...(preview === undefined ? {} : { preview }),
  };
}

/** An entry as staff see it. */
export function messageOnWire(ref: ConversationRef, entry: Entry): Message {
  const { previousDepartment: _, caused: __, attachments, ...shown } = entry;
  return {
    conversationId: ref.conversationId,
    ...shown,
    ...(attachments === undefined ? {} : { attachments: [...attachments] }),
  };
}
