import type {
  Attachment,
  Conversation as WireConversation,
  Message,
  Revision,
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
  /** The id of the guest's message that the preview shows; empty when it shows another's, or a deleted one. */
  readonly previewOf?: string;
  /** The kind of the first attachment of the message that the preview shows; empty where it has none. */
  readonly previewKind?: string;
  /**
   * The guest's messages that were edited or deleted last, one each, newest last and at most 8: what is needed of an earlier
   * edit, or a message itself, that comes late.
   */
  readonly revised?: readonly Revised[];
  /** When the last applied change of state happened; older ones that come late are stale. Absent before the first. */
  readonly stateAt?: string;
  /**
   * When the guest's newest message was committed, by the server's clock; a closing that is older must not hide it.
   * It moves with `head` only, so whoever decides on it is held to it by the condition on `head`.
   */
  readonly guestAt?: string;
  /** The guest's clock at the message that told the name; a name that was told before is older. */
  readonly namedAt?: string;
  /** The name that the last creation told; one that tells it again is a repeat and not news. */
  readonly createdAs?: string;
}

/** The newest that is known of a guest's message that was edited or deleted. */
export interface Revised {
  readonly messageId: string;
  /** The `sentAt` of its entry. */
  readonly at: string;
  /** How the preview shows it; absent when the message was deleted. */
  readonly preview?: string;
}

export interface Guest {
  readonly id: string;
  /** The newest that is known. */
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
  /** The guest had a new name with this message, so that a repeated delivery is the same frame. */
  readonly renamed?: true;
  /**
   * A newer revision of the same message was there before it, so the conversation shows that one: told with the
   * conversation, because the entry alone would be shown as the newest; and a repeated delivery is the same frame.
   */
  readonly overtaken?: true;
  /** What the guest did to the earlier message `messageId`; absent for a message of its own. */
  readonly revision?: Revision;
  /** The id of a guest's message, which need not be stored. */
  readonly messageId?: string;
}

/** Who made a change that no member of staff made; no token may bear it as its `sub`. */
export const upstreamSender = 'upstream';

/** Remembers for ever under which number something was stored, so that a retry is harmless. */
export interface Receipt {
  /** Who sent it: `staff#{user}`, `guest` or `upstream`. */
  readonly sender: string;
  /** The sender's own key: `clientMessageId`, the channel's message id, or `eventId`. */
  readonly key: string;
  /** What was wanted under an `eventId`, such as `routed spa`: it may have stored nothing that shows it. */
  readonly wanted?: string;
  /** It was older than what it would have hidden, and changed nothing. */
  readonly stale?: true;
}

/** What is remembered: the number, 0 for no entry. Receipts of an earlier version have nothing else. */
export type StoredReceipt = Pick<Receipt, 'wanted' | 'stale'> & { readonly seq: number };

/** A conversation as staff see it. */
export function conversationOnWire(conversation: Conversation): WireConversation {
  const { conversationId, department, status, guest, head, updatedAt } = conversation;
  const { preview, previewOf, previewKind } = conversation;
  const { address: _, ...shown } = guest;
  return {
    id: conversationId,
    department,
    status,
    guest: shown,
    head,
    updatedAt,
    ...(preview === undefined ? {} : { preview }),
    ...(previewOf === undefined ? {} : { previewOf }),
    ...(previewKind === undefined ? {} : { previewKind }),
  };
}

/** An entry as staff see it. */
export function messageOnWire(ref: ConversationRef, entry: Entry): Message {
  const { previousDepartment: _, caused: __, renamed: ___, overtaken: ____, ...told } = entry;
  const { revision, attachments, ...shown } = told;
  return {
    conversationId: ref.conversationId,
    ...shown,
    ...(revision === undefined ? {} : { event: revision }),
    ...(attachments === undefined ? {} : { attachments: attachments.map(attachmentOnWire) }),
  };
}

/** Rows of an earlier version may hold a link of any kind, and one of `javascript:` is code. */
function attachmentOnWire({ url, ...attachment }: Attachment): Attachment {
  return { ...attachment, ...(url?.startsWith('https://') ? { url } : {}) };
}
