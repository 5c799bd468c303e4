import * as limits from '../protocol/client-limits.ts';
import type { Conversation } from '../protocol/model.ts';
import type { Context } from './context.ts';
import { Subscription, type SubscriptionListener } from './subscription.ts';
import { stillIn } from './walk.ts';

/** All subscriptions, by conversation. */
export class Subscriptions {
  readonly #context: Context;
  readonly #onConversation: (conversation: Conversation) => void;
  readonly #all = new Map<string, Subscription>();

  /** `onConversation` is called with each conversation as `subscribe` answers it. */
  constructor(context: Context, onConversation: (conversation: Conversation) => void) {
    this.#context = context;
    this.#onConversation = onConversation;
  }

  /** Throws when the conversation has a subscription, and when there are as many as a connection may have. */
  add(conversationId: string, since: number | undefined, listener: SubscriptionListener): () => void {
    for (const [id, { over }] of this.#all) if (over) this.#all.delete(id);
    const subscription =
      this.#all.get(conversationId) ?? new Subscription(this.#context, conversationId, this.#onConversation);
    if (subscription.wanted) throw new Error(`${conversationId} is subscribed already`);
    if (this.count >= limits.subscriptionsPerConnection) {
      throw new Error(`at most ${limits.subscriptionsPerConnection} are subscribed`);
    }
    this.#all.set(conversationId, subscription);
    return subscription.start(since, listener);
  }

  get(conversationId: string): Subscription | undefined {
    return this.#all.get(conversationId);
  }

  get count(): number {
    return [...this.#all.values()].filter(({ wanted }) => wanted).length;
  }

  /** What `ping` asks about: the newest seq given of each. */
  heads(): [string, number][] {
    return [...this.#all].flatMap(([id, { head }]) => (head === undefined ? [] : [[id, head]]));
  }

  connected(): void {
    for (const subscription of stillIn(this.#all)) subscription.connected();
  }

  close(): void {
    for (const subscription of this.#all.values()) subscription.close();
    this.#all.clear();
  }
}
