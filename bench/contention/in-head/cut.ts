import type { ConversationRef } from '../../../lambdas/core/conversation.ts';
import { cutAtBytes, firstOf, segmentEntries, type Head } from './shapes.ts';
import type { HeadStore } from './store.ts';

/** Requests in one BatchWriteItem (DynamoDB's limit). */
const batchSize = 25;

/** Cuts until the tail is short, or somebody else cuts: whoever began goes on, so that one is enough. */
export async function cutUntilShort(store: HeadStore, ref: ConversationRef, head: Head): Promise<void> {
  let left: Head | undefined = head;
  while (left !== undefined && left.tailBytes >= cutAtBytes) left = await cut(store, ref, left);
}

/**
 * Moves the tail into a segment: segment and receipts first, then the tail forgets what they hold.
 *
 * A segment is put only where none is, and what is there says what is cut; the tail forgets only if nobody has cut since
 * it was read. So any number may do this at once, and any may die at any step: the next does it again, to the same end.
 */
async function cut(store: HeadStore, ref: ConversationRef, head: Head): Promise<Head | undefined> {
  const { tail, tailFrom, cuts } = head;
  const numbered = Object.entries(head.seqs).toSorted(([, one], [, other]) => one - other);
  const own = numbered.filter(([, seq]) => seq > 0).slice(0, segmentEntries);
  const withoutEntry = numbered.filter(([, seq]) => seq === 0).slice(0, batchSize - own.length);
  const receipts = [...own, ...withoutEntry].map(([name, seq]) => ({ name, seq }));
  if (receipts.length === 0) return undefined;
  const keys = own.map(([name]) => name);
  const mine = { keys, entries: keys.map((name) => tail[name] ?? '') };
  const [{ keys: names, entries }] = await Promise.all([
    own.length === 0 ? mine : store.putSegment(ref, tailFrom, mine).then(checked(tailFrom)),
    store.putReceipts(ref, receipts),
  ]);
  if (names.length > keys.length) {
    await store.putReceipts(
      ref,
      names.map((name, at) => ({ name, seq: tailFrom + at })),
    );
  }
  const gone = new Map(withoutEntry.map(([name]) => [name, '']));
  for (const [at, name] of names.entries()) gone.set(name, entries[at] ?? '');
  return store.cut(ref, cuts, tailFrom + names.length, gone);
}

function checked(first: number) {
  return (segment: Parameters<typeof firstOf>[0]) => {
    if (firstOf(segment) !== first) throw new Error('a segment is named by its first number');
    return segment;
  };
}
