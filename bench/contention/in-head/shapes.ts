import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { conversationItem, entryItem } from '../../../lambdas/adapters/dynamodb/items.ts';
import { keys, type Key } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { Conversation, ConversationRef, Entry, Receipt } from '../../../lambdas/core/conversation.ts';

/*
 * The items of a conversation whose head carries its newest entries.
 *
 * | sk               | holds                                                                                  |
 * |------------------|----------------------------------------------------------------------------------------|
 * | `HEAD`           | the conversation; `tail`, its newest entries by key; `seqs`, their numbers by key      |
 * | `E#{first seq}`  | a segment: entries that were cut from the tail, in order, with their keys              |
 * | `R#{key}`        | a receipt of what was cut from the tail: the number that it has                        |
 * | `B#{id}`         | the body of an entry that is too large for the tail, written before its entry          |
 */

/** Bytes of the tail from which on it is cut: four short messages; with the conversation's own 600, an item of 2 KB. */
export const cutAtBytes = 1400;
/** Bytes of the tail with which it takes no more until it is cut. */
export const fullBytes = 3 * 1024;
/** Bytes of an entry's JSON above which its body is an item of its own. */
export const largeBytes = 1024;
/** Entries of one segment at most; a page reads so many numbers below its first, to meet the segment that it begins in. */
export const segmentEntries = 16;

const headItem = v.object({
  ...conversationItem.entries,
  /** The lowest seq in `tail`; every lower one is in a segment and has its receipt. */
  tailFrom: v.number(),
  /** How often `tail` was cut. */
  cuts: v.number(),
  /** About what `tail` and `seqs` take; counted with each write, since a condition cannot measure. */
  tailBytes: v.number(),
  /** JSON of each entry without its seq. */
  tail: v.record(v.string(), v.string()),
  /** The seq of each, 0 for what stored no entry. */
  seqs: v.record(v.string(), v.number()),
});

export interface Head {
  readonly conversation: Conversation;
  readonly tailFrom: number;
  readonly cuts: number;
  readonly tailBytes: number;
  readonly tail: Readonly<Record<string, string>>;
  readonly seqs: Readonly<Record<string, number>>;
}

export function headOf(item: unknown): Head {
  const { tailFrom, cuts, tailBytes, tail, seqs, department = null, ...rest } = v.parse(headItem, item);
  return { conversation: { ...rest, department }, tailFrom, cuts, tailBytes, tail, seqs };
}

const { seq: _, ...withoutSeq } = entryItem.entries;
const storedEntry = v.pipe(
  v.string(),
  v.parseJson(),
  v.union([v.object({ body: v.string() }), v.object(withoutSeq)]),
);

/** An entry as it is stored, or where its body is. */
export function entryOf(
  seq: number,
  stored: string,
): Entry | { readonly seq: number; readonly body: string } {
  return { ...v.parse(storedEntry, stored), seq };
}

/** A segment's entries are JSON as in the tail. */
export const segmentItem = v.object({
  sk: v.string(),
  entries: v.array(v.string()),
  keys: v.array(v.string()),
});

export type Segment = v.InferOutput<typeof segmentItem>;

export function firstOf({ sk }: Segment): number {
  return Number(sk.slice(2));
}

export const receiptItem = v.object({ seq: v.number() });

/**
 * A receipt's name in an item: 22 characters of its SHA-256, since sender and key take up to 260 and stand twice for each
 * entry of the tail.
 */
export function nameOf({ sender, key }: Receipt): string {
  return createHash('sha256').update(`${sender}#${key}`).digest('base64url').slice(0, 22);
}

export function receiptKey(ref: ConversationRef, name: string): Key {
  return { pk: keys.log(ref.hotelId, ref.conversationId), sk: `R#${name}` };
}

export function bodyKey(ref: ConversationRef, id: string): Key {
  return { pk: keys.log(ref.hotelId, ref.conversationId), sk: `B#${id}` };
}
