import { byteLength } from '../../protocol/codec.ts';
import { limits } from '../../protocol/limits.ts';
import type { Message } from '../../protocol/model.ts';
import { messageOnWire, type ConversationRef, type Entry } from './conversation.ts';
import type { ConversationStore, LogPage, LogRange } from './ports.ts';

/** A page of the log as a reply shows it. */
export interface ShownPage {
  readonly messages: Message[];
  readonly first: number;
  /** Whether there is more in the direction in which the page was read. */
  readonly more: boolean;
}

/**
 * A page that does not end below `head` without saying so, and not beyond it.
 *
 * For a conversation and a page of its log that were read together: entries may be committed between the two. Those up
 * to the head are fetched, so that no reply shows a head without its entries; forward, a page that ends below it says `more`, unless
 * it is empty. Those beyond it are left out: the head is where it was known that the reader may see the conversation,
 * and it may have been routed away since.
 */
export async function upToHead(
  store: ConversationStore,
  ref: ConversationRef,
  range: LogRange,
  page: LogPage,
  head: number,
): Promise<LogPage> {
  if (range.kind === 'after') {
    const late = page.entries.length === 0 && range.seq < head;
    return notBeyond(late ? await store.page(ref, range) : page, head);
  }
  const last = page.entries.at(-1)?.seq ?? 0;
  if (last > head) return store.page(ref, { kind: 'before', seq: head + 1, limit: range.limit });
  if (last === head || range.kind === 'before') return page;
  const tail = await store.page(ref, { kind: 'after', seq: last, limit: range.limit });
  const entries = notBeyond(tail, head).entries;
  return { first: page.first, entries: [...page.entries, ...entries].slice(-range.limit) };
}

/** A page without what was committed after its reader was found entitled to the head. */
export function notBeyond({ first, entries }: LogPage, head: number): LogPage {
  return { first, entries: entries.filter(({ seq }) => seq <= head) };
}

/**
 * A page cut to whole entries that fit into one frame beside `envelope`, the reply without them.
 *
 * Read forward (`after`), the oldest are kept and `more` means that the log goes on up to `head`; read backward, the
 * newest are kept and `more` means that older ones are stored.
 */
export function show(
  ref: ConversationRef,
  page: LogPage,
  direction: LogRange['kind'],
  head: number,
  envelope: object,
): ShownPage {
  const room = limits.frameBytes - byteLength(JSON.stringify(envelope)) - limits.envelopeBytes;
  const messages = page.entries.map((entry: Entry) => messageOnWire(ref, entry));
  if (direction === 'after') {
    const kept = fit(messages, room);
    return { messages: kept, first: page.first, more: (kept.at(-1)?.seq ?? head) < head };
  }
  const kept = fit(messages.toReversed(), room).toReversed();
  return { messages: kept, first: page.first, more: (kept[0]?.seq ?? page.first) > page.first };
}

/** As many from the start as fit into so many bytes of JSON. */
export function fit<T>(items: readonly T[], bytes: number): T[] {
  let used = 0;
  const end = items.findIndex((item) => (used += byteLength(JSON.stringify(item)) + 1) > bytes);
  return end === -1 ? [...items] : items.slice(0, end);
}
