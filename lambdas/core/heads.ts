import type { Conversation, ConversationRef } from './conversation.ts';

/**
 * The newest conversations that this warm function has seen, so that a commit can be tried without reading first.
 *
 * What it holds may be old, and that is harmless: a commit is conditional on it, and a refusal is never taken from
 * it. The hotel is part of the key, because one environment serves every hotel.
 */
export class Heads {
  readonly #known = new Map<string, Conversation>();
  readonly #capacity: number;

  constructor(capacity = 1000) {
    this.#capacity = capacity;
  }

  get(ref: ConversationRef): Conversation | undefined {
    return this.#known.get(keyOf(ref));
  }

  /** Forgets the one that was set longest ago when there are too many. */
  set(conversation: Conversation): void {
    const key = keyOf(conversation);
    this.#known.delete(key);
    this.#known.set(key, conversation);
    if (this.#known.size > this.#capacity) {
      const [oldest] = this.#known.keys();
      if (oldest !== undefined) this.#known.delete(oldest);
    }
  }
}

/** No id holds a `#`. */
function keyOf(ref: ConversationRef): string {
  return `${ref.hotelId}#${ref.conversationId}`;
}
