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
 * A page that does not end below `head` without saying so.
 *
 * A conversation and its log are two reads; an entry that was committed between them is fetched, so that no reply
 * shows a head without its entries. Forward, a page that ends below the head says `more`, unless it is empty.
 */
export async function upToHead(
  store: ConversationStore,
  ref: ConversationRef,
  range: LogRange,
  page: LogPage,
  head: number,
): Promise<LogPage> {
  if (range.kind === 'before') return page;
  if (range.kind === 'after') {
    return page.entries.length === 0 && range.seq < head ? store.page(ref, range) : page;
  }
  const last = page.entries.at(-1)?.seq ?? 0;
  if (last >= head) return page;
  const tail = await store.page(ref, { kind: 'after', seq: last, limit: range.limit });
  return { first: page.first, entries: [...page.entries, ...tail.entries].slice(-range.limit) };
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
  const room = limits.frameBytes - byteLength(JSON.stringify(envelope)) - framing;
  const messages = page.entries.map((entry: Entry) => messageOnWire(ref, entry));
  if (direction === 'after') {
    const kept = fit(messages, room);
    return { messages: kept, first: page.first, more: (kept.at(-1)?.seq ?? head) < head };
  }
  const kept = fit(messages.toReversed(), room).toReversed();
  return { messages: kept, first: page.first, more: (kept[0]?.seq ?? page.first) > page.first };
}

/** Bytes of `"messages":[],"first":…,"more":…` and the request's id, with room to spare. */
const framing = 512;

/** As many from the start as fit into so many bytes of JSON. */
export function fit<T>(items: readonly T[], bytes: number): T[] {
  let used = 0;
  const end = items.findIndex((item) => (used += byteLength(JSON.stringify(item)) + 1) > bytes);
  return end === -1 ? [...items] : items.slice(0, end);
}
