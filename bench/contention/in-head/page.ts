import type { ConversationRef, Entry } from '../../../lambdas/core/conversation.ts';
import { entryOf, firstOf, type Head } from './shapes.ts';
import type { HeadStore } from './store.ts';

/**
 * The entries from one number to another. The head is read first, then the segments below its tail: what is cut between
 * the two is in both, never in neither. A segment that reaches into the tail is one that was put and not yet cut.
 */
export async function page(
  store: HeadStore,
  ref: ConversationRef,
  from: number,
  to: number,
  known?: Head,
): Promise<Entry[]> {
  const head = known ?? (await store.read(ref));
  if (head === undefined) return [];
  const stored = new Map<number, string>();
  if (from < head.tailFrom) {
    for (const segment of await store.segments(ref, from, Math.min(to, head.tailFrom - 1))) {
      const first = firstOf(segment);
      for (const [at, entry] of segment.entries.entries()) stored.set(first + at, entry);
    }
  }
  for (const [name, seq] of Object.entries(head.seqs)) if (seq > 0) stored.set(seq, head.tail[name] ?? '');
  const wanted = [...stored]
    .filter(([seq]) => seq >= from && seq <= to)
    .toSorted(([one], [other]) => one - other);
  return Promise.all(
    wanted.map(async ([seq, text]) => {
      const entry = entryOf(seq, text);
      return 'body' in entry ? { ...(await store.body(ref, entry.body)), seq } : entry;
    }),
  );
}
