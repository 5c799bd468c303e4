import * as limits from '../protocol/client-limits.ts';
import type { Message } from '../protocol/model.ts';
import { withLineFeeds } from '../protocol/text.ts';
import { ClientError, clientClosed, queueFull, refusal, requireText, unknown } from './errors.ts';
import { isSame, type Owner } from './identity.ts';
import type { Context } from './context.ts';
import type { OutboxStorage } from './outbox-storage.ts';
import type { OwnedMessage, PendingMessage } from './pending-message.ts';
import { Retrier } from './retrier.ts';
import { stillIn } from './walk.ts';

interface Item {
  readonly message: PendingMessage;
  resolve(message: Message): void;
  reject(error: ClientError): void;
}

/** The messages of one owner to one conversation, oldest first. */
interface Lane {
  readonly owner: Owner;
  readonly items: Item[];
  readonly retrier: Retrier;
}

/**
 * Messages until the server has stored them.
 *
 * Each is repeated with its `clientMessageId` until it is stored or definitely refused; the server stores it once.
 * Frames of one connection may run in any order, so the next one to a conversation leaves after the answer.
 *
 * What an earlier page load left says whose it is, and leaves with the first connection: the server refuses another's.
 * What is written before it is known who the client is waits for that: sent as whoever is connected, it could be stored
 * as another's later, under the same id.
 */
export class Outbox {
  readonly #context: Context;
  readonly #storage: OutboxStorage;
  readonly #stored: (message: Message) => void;
  /** By owner and conversation. Of one owner, once it is known who the client is. */
  readonly #lanes = new Map<string, Lane>();
  /** Written before that, oldest first. */
  #unowned: Item[] = [];
  /** Left by other users or in other hotels: it stays in the storage for them. */
  readonly #foreign: OwnedMessage[] = [];
  #you: Owner | undefined;
  #opened = false;

  /** `stored` is told of each message before its promise is kept. */
  constructor(context: Context, storage: OutboxStorage, stored: (message: Message) => void) {
    this.#context = context;
    this.#storage = storage;
    this.#stored = stored;
  }

  /** Own messages that wait. */
  get pending(): PendingMessage[] {
    return [...this.#own().flatMap(({ items }) => items), ...this.#unowned].map(({ message }) => message);
  }

  /** Resolves to the stored message; rejects with a `ClientError`. */
  async send(conversationId: string, written: string): Promise<Message> {
    const { maxQueued } = this.#context.settings;
    requireText({ conversationId, text: written });
    // As the server stores it, so that an own message is shown as it will be to everybody.
    const text = withLineFeeds(written);
    if (text.length > limits.textUnits || text.trim() === '') {
      throw new ClientError(
        'BAD_REQUEST',
        `text: must be 1 to ${limits.textUnits} characters, not only blanks`,
      );
    }
    if (this.pending.length >= maxQueued) throw queueFull(maxQueued);
    const message = { conversationId, clientMessageId: this.#context.newId(), text };
    return new Promise((resolve, reject) => {
      const item = { message, resolve, reject };
      if (this.#you) this.#enqueue(this.#you, item);
      else this.#unowned.push(item);
    });
  }

  /** Gives a message up: it is not sent again, and the next one leaves. Does nothing if none with this id waits. */
  discard(clientMessageId: string): void {
    const isIt = ({ message }: Item): boolean => message.clientMessageId === clientMessageId;
    for (const item of this.#unowned.filter(isIt)) {
      this.#unowned.splice(this.#unowned.indexOf(item), 1);
      item.reject(unknown());
    }
    for (const lane of this.#own()) {
      for (const item of lane.items.filter(isIt)) this.#end(lane, item, unknown());
    }
  }

  /** A connection serves: sends what waits, what an earlier page load left first. */
  connected(): void {
    if (!this.#opened) this.#restore();
    for (const { retrier } of stillIn(this.#lanes)) retrier.nudge();
  }

  /** It is known who the client is, for good: own messages are sent, and others stay where they are. */
  identified({ hotelId, userId }: Owner): void {
    if (this.#you) return;
    const you = { hotelId, userId };
    this.#you = you;
    for (const [key, { owner, items, retrier }] of this.#lanes) {
      if (isSame(owner, you)) continue;
      retrier.forget();
      this.#lanes.delete(key);
      this.#foreign.push(...items.map(({ message }) => ({ ...message, ...owner })));
    }
    const written = this.#unowned.splice(0);
    for (const item of written) this.#lane(you, item.message.conversationId).items.push(item);
    // Once all have their place: whoever is told that it failed may send another one, or close the client.
    if (written.length > 0) this.#save();
    for (const lane of stillIn(this.#lanes)) this.#step(lane);
  }

  /** Rejects what waits with `CLIENT_CLOSED`; a storage keeps what has an owner. */
  close(): void {
    for (const { items, retrier } of this.#lanes.values()) {
      retrier.forget();
      for (const item of items) item.reject(clientClosed());
    }
    this.#lanes.clear();
    for (const item of this.#unowned.splice(0)) item.reject(clientClosed());
  }

  #own(): Lane[] {
    return this.#you ? [...this.#lanes.values()] : [];
  }

  /** As many as may wait of this user's, and as many of others', whoever that is: the newest. */
  #restore(): void {
    const left = this.#storage.read();
    const most = 2 * this.#context.settings.maxQueued;
    for (const { conversationId: id } of left.slice(0, -most)) {
      this.#context.notice({ kind: 'dropped', what: 'outbox', id });
    }
    for (const { hotelId, userId, conversationId, clientMessageId, text } of left.slice(-most)) {
      const message = { conversationId, clientMessageId, text };
      const reject = (error: ClientError): void => {
        // Nobody waits for the promise of an earlier page load; what the storage keeps is not lost.
        if (error.code !== 'CLIENT_CLOSED') this.#context.notice({ kind: 'notSent', message, error });
      };
      this.#lane({ hotelId, userId }, conversationId).items.push({ message, resolve() {}, reject });
    }
    this.#opened = true;
    this.#save();
  }

  #enqueue(owner: Owner, item: Item): void {
    const lane = this.#lane(owner, item.message.conversationId);
    lane.items.push(item);
    this.#save();
    this.#step(lane);
  }

  #lane(owner: Owner, conversationId: string): Lane {
    const key = keyOf(owner, conversationId);
    const known = this.#lanes.get(key);
    if (known) return known;
    const retrier: Retrier = new Retrier(this.#context, () => this.#step(lane));
    const lane: Lane = { owner, items: [], retrier };
    this.#lanes.set(key, lane);
    return lane;
  }

  #step(lane: Lane): void {
    const [item] = lane.items;
    if (!item) return;
    lane.retrier.ask('sendMessage', { ...item.message, as: lane.owner }, ({ reply, you, error }) => {
      // Refused before it left, as too large, and whose it is not known: it waits for that.
      if (!this.#you) return;
      this.#end(lane, item, error && refusal(error));
      if (!reply) return;
      const { conversationId, clientMessageId: id, text } = item.message;
      const { seq, sentAt } = reply;
      const name = you.name === undefined ? {} : { name: you.name };
      const sender = { kind: 'staff', id: you.userId, ...name } as const;
      const message: Message = { conversationId, seq, id, sender, text, sentAt };
      this.#stored(message);
      item.resolve(message);
    });
  }

  /** It waits no more, and what waits behind it leaves. */
  #end(lane: Lane, item: Item, error: ClientError | undefined): void {
    const at = lane.items.indexOf(item);
    if (at === 0) lane.retrier.forget();
    lane.items.splice(at, 1);
    if (!lane.items[0]) this.#lanes.delete(keyOf(lane.owner, item.message.conversationId));
    this.#save();
    if (error) item.reject(error);
    this.#step(lane);
  }

  #save(): void {
    if (!this.#opened) return;
    const waiting = [...this.#lanes.values()].flatMap(({ owner, items }) =>
      items.map(({ message }) => ({ ...message, ...owner })),
    );
    this.#storage.write([...this.#foreign, ...waiting]);
  }
}

function keyOf({ hotelId, userId }: Owner, conversationId: string): string {
  return JSON.stringify([hotelId, userId, conversationId]);
}
