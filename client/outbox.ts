import * as limits from '../protocol/client-limits.ts';
import type { Message } from '../protocol/model.ts';
import { ClientError, clientClosed, queueFull, refusal, unknown } from './errors.ts';
import type { Context } from './options.ts';
import { OutboxStorage, type PendingMessage } from './outbox-storage.ts';
import type { TextStorage } from './platform.ts';
import { Retrier } from './retrier.ts';

interface Item {
  readonly message: PendingMessage;
  resolve(message: Message): void;
  reject(error: ClientError): void;
}

/** The messages to one conversation, oldest first. */
interface Lane {
  readonly items: Item[];
  readonly retrier: Retrier;
}

/**
 * Own messages until the server has stored them.
 *
 * Each is repeated with its `clientMessageId` until it is stored or definitely refused; the server stores it once.
 * Frames of one connection may run in any order, so the next one to a conversation leaves after the answer.
 */
export class Outbox {
  readonly #context: Context;
  readonly #storage: OutboxStorage;
  readonly #stored: (message: Message) => void;
  readonly #lanes = new Map<string, Lane>();
  #opened = false;

  /** `stored` is told of each message before its promise is kept. */
  constructor(context: Context, storage: TextStorage | undefined, stored: (message: Message) => void) {
    this.#context = context;
    this.#storage = new OutboxStorage(context, storage);
    this.#stored = stored;
  }

  get pending(): PendingMessage[] {
    return [...this.#lanes.values()].flatMap(({ items }) => items.map(({ message }) => message));
  }

  /** Resolves to the stored message; rejects with a `ClientError`. */
  async send(conversationId: string, text: string): Promise<Message> {
    const { maxQueued } = this.#context.settings;
    if (text.length > limits.textUnits || text.trim() === '') {
      throw new ClientError(
        'BAD_REQUEST',
        `text: must be 1 to ${limits.textUnits} characters, not only blanks`,
      );
    }
    if (this.pending.length >= maxQueued) throw queueFull(maxQueued);
    const message = { conversationId, clientMessageId: this.#context.newId(), text };
    return new Promise((resolve, reject) => {
      const lane = this.#lane(conversationId);
      lane.items.push({ message, resolve, reject });
      this.#save();
      this.#step(lane);
    });
  }

  /** Gives a message up: it is not sent again, and the next one leaves. Does nothing if none with this id waits. */
  discard(clientMessageId: string): void {
    for (const lane of this.#lanes.values()) {
      for (const item of lane.items) {
        if (item.message.clientMessageId === clientMessageId) this.#end(lane, item, unknown());
      }
    }
  }

  /** A connection serves: sends what waits, what an earlier page load left first. */
  up(owner: string): void {
    if (!this.#opened) this.#restore(owner);
    this.#opened = true;
    for (const { retrier } of this.#lanes.values()) retrier.nudge();
  }

  /** Rejects what waits with `CLIENT_CLOSED`; a storage keeps it. */
  close(): void {
    for (const { items, retrier } of this.#lanes.values()) {
      retrier.forget();
      for (const item of items) item.reject(clientClosed());
    }
    this.#lanes.clear();
  }

  #restore(owner: string): void {
    for (const message of this.#storage.open(owner).toReversed()) {
      // Nobody waits for the promise of an earlier page load.
      const reject = (error: ClientError): void => this.#context.notice({ kind: 'notSent', message, error });
      this.#lane(message.conversationId).items.unshift({ message, resolve() {}, reject });
    }
    this.#save();
  }

  #lane(conversationId: string): Lane {
    const known = this.#lanes.get(conversationId);
    if (known) return known;
    const retrier: Retrier = new Retrier(this.#context, () => this.#step(lane));
    const lane: Lane = { items: [], retrier };
    this.#lanes.set(conversationId, lane);
    return lane;
  }

  #step(lane: Lane): void {
    const [item] = lane.items;
    if (!item) return;
    const { conversationId, clientMessageId, text } = item.message;
    lane.retrier.ask('sendMessage', { conversationId, clientMessageId, text }, ({ reply, error }) => {
      this.#end(lane, item, error && refusal(error));
      if (reply) {
        const { seq, sentAt } = reply;
        const { sender } = this.#context.link;
        const message: Message = { conversationId, seq, id: clientMessageId, sender, text, sentAt };
        this.#stored(message);
        item.resolve(message);
      }
    });
  }

  /** It waits no more, and what waits behind it leaves. */
  #end(lane: Lane, item: Item, error: ClientError | undefined): void {
    const at = lane.items.indexOf(item);
    if (at === 0) lane.retrier.forget();
    lane.items.splice(at, 1);
    if (!lane.items[0]) this.#lanes.delete(item.message.conversationId);
    this.#save();
    if (error) item.reject(error);
    this.#step(lane);
  }

  #save(): void {
    this.#storage.save(this.pending);
  }
}
