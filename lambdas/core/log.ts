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
 * The newest entries, reaching up to `head` at least.
 *
 * A conversation and its log are two reads; an entry that was committed between them is fetched, so that no reply
 * shows a head without its entries.
 */
export async function upToHead(
  store: ConversationStore,
  ref: ConversationRef,
  page: LogPage,
  head: number,
  limit: number,
): Promise<LogPage> {
  const last = page.entries.at(-1)?.seq ?? 0;
  if (last >= head) return page;
  const tail = await store.page(ref, { kind: 'after', seq: last, limit });
  return { first: page.first, entries: [...page.entries, ...tail.entries].slice(-limit) };
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
