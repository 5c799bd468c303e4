import * as v from 'valibot';
import { fieldMessage, freeText, id, instant, openObject, position, seq } from './scalars.ts';
import { limits } from './limits.ts';

/*
 * What the server shows: schemas for those who receive it. They are open, because a client ignores fields that it
 * does not know: servers are deployed before clients.
 */

export const statuses = ['open', 'closed'] as const;

export const status = v.picklist(statuses, 'must be open or closed');
export type Status = v.InferOutput<typeof status>;

/** What can happen to a conversation besides messages. */
export const stateChanges = ['routed', 'closed', 'reopened'] as const;
export type StateChange = (typeof stateChanges)[number];

/** What a guest can do to an earlier message: an entry of its own beside the original, which stays. */
export const revisions = ['edited', 'deleted'] as const;
export type Revision = (typeof revisions)[number];

export const attachment = openObject({
  kind: freeText,
  id: v.exactOptional(freeText),
  url: v.exactOptional(
    v.pipe(
      v.string('must be a string'),
      v.maxLength(limits.attachmentUrlUnits, `must have at most ${limits.attachmentUrlUnits} characters`),
      v.regex(/^[!#-[\]-~]+$/, 'must be a URL in ASCII without spaces, quotes and backslashes'),
    ),
  ),
  mime: v.exactOptional(freeText),
  name: v.exactOptional(freeText),
  /** Bytes. */
  size: v.exactOptional(position),
});
export type Attachment = v.InferOutput<typeof attachment>;

export const sender = v.object({
  kind: v.picklist(['staff', 'guest', 'system']),
  id,
  name: v.exactOptional(freeText),
});
export type Sender = v.InferOutput<typeof sender>;

/**
 * One numbered entry of a conversation. `text` is empty in system entries and where a guest has deleted a message, and may
 * be where there are attachments.
 */
export const message = v.object({
  conversationId: id,
  seq,
  /** The sender's `clientMessageId`, the channel's id of a guest's message, or the `eventId`. */
  id,
  sender,
  text: v.string(),
  sentAt: instant,
  attachments: v.exactOptional(v.array(attachment)),
  /** The guest sent more than is stored, or something that had to be mended. */
  truncated: v.exactOptional(v.boolean()),
  /** What a system entry tells, or what the guest did to an earlier message. */
  event: v.exactOptional(v.picklist([...stateChanges, ...revisions])),
  /** The `id` of the guest's message that was edited (`text` is the new one) or deleted; it need not be stored. */
  messageId: v.exactOptional(id),
  /** Where a `routed` entry routed to. */
  department: v.exactOptional(id),
});
export type Message = v.InferOutput<typeof message>;

/** A user of a hotel, as the server understands the token. Nothing of one is shown or sent as another's. */
const owner = { hotelId: id, userId: id };

/** Whose message it is, of one that was written before it was known who is connected. */
export const owned = v.strictObject(owner, fieldMessage);

/** Who a connection is. */
export const you = v.object({ ...owner, name: v.exactOptional(freeText) });
export type You = v.InferOutput<typeof you>;

export const guest = v.object({
  id,
  name: v.exactOptional(freeText),
  channel: v.exactOptional(freeText),
});

export const conversation = v.object({
  id,
  department: v.nullable(id),
  status,
  guest,
  /** The newest seq; 0 while nothing has happened yet. */
  head: position,
  updatedAt: instant,
  preview: v.exactOptional(v.string()),
  /** The `id` of the guest's message that `preview` shows; empty when it shows another's, or a deleted one. */
  previewOf: v.exactOptional(v.string()),
  /** The `kind` of the first attachment of the message that `preview` shows; empty where it has none. */
  previewKind: v.exactOptional(v.string()),
});
export type Conversation = v.InferOutput<typeof conversation>;
