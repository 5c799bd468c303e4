import * as v from 'valibot';
import { attachment, revisions, sender, stateChanges, status } from '../../../protocol/model.ts';

/*
 * The shapes of stored items, beside their keys (`keys.ts`). Open objects: a row that a newer version of
 * this code wrote is readable by an older one. Optional fields are added, never changed in meaning.
 */

const optional = v.exactOptional;

export const conversationItem = v.object({
  hotelId: v.string(),
  conversationId: v.string(),
  /** Absent until the conversation is routed. */
  department: optional(v.string()),
  status,
  guest: v.object({
    id: v.string(),
    name: optional(v.string()),
    channel: optional(v.string()),
    address: optional(v.string()),
  }),
  head: v.number(),
  updatedAt: v.string(),
  preview: optional(v.string()),
  previewOf: optional(v.string()),
  previewKind: optional(v.string()),
  revised: optional(
    v.array(v.object({ messageId: v.string(), at: v.string(), preview: optional(v.string()) })),
  ),
  stateAt: optional(v.string()),
  guestAt: optional(v.string()),
  namedAt: optional(v.string()),
  createdAs: optional(v.string()),
});

export const entryItem = v.object({
  seq: v.number(),
  id: v.string(),
  sender,
  text: v.string(),
  sentAt: v.string(),
  attachments: optional(v.array(attachment)),
  truncated: optional(v.literal(true)),
  event: optional(v.picklist(stateChanges)),
  department: optional(v.string()),
  previousDepartment: optional(v.nullable(v.string())),
  caused: optional(v.picklist(['created', 'reopened'])),
  renamed: optional(v.literal(true)),
  overtaken: optional(v.literal(true)),
  revision: optional(v.picklist(revisions)),
  messageId: optional(v.string()),
});

export const receiptItem = v.object({
  /** 0: no entry was stored. */
  seq: v.number(),
  wanted: optional(v.string()),
  stale: optional(v.literal(true)),
});

export const connectionItem = v.object({
  /** Partitions that hold a membership of it; absent when there are none. */
  memberships: optional(v.set(v.string())),
});

/**
 * A membership says who its connection is in one text: a fan-out reads a hundred of these rows and more, and values that
 * are attributes of their own cost several times as much to find, to send and to read.
 */
export const membershipItem = v.object({
  sk: v.string(),
  member: v.pipe(
    v.string(),
    v.parseJson(),
    v.object({
      userId: v.string(),
      role: v.picklist(['staff', 'manager']),
      departments: v.array(v.string()),
      /** Epoch seconds. */
      tokenExpiresAt: v.number(),
      /** Epoch milliseconds. */
      connectedAt: v.number(),
    }),
  ),
  /** Epoch seconds; the table's TTL attribute. */
  expiresAt: v.number(),
});
