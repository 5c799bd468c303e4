import { parseJson } from '../protocol/codec.ts';
import type { Surroundings } from './options.ts';
import type { TextStorage } from './platform.ts';
import { has, isText } from './shapes.ts';

/** A message that waits to be stored by the server. */
export interface PendingMessage {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
}

/**
 * Keeps what waits over a reload, under a key for each owner: what one user wrote is never sent as another.
 *
 * The owner is read from the first token, so nothing is kept before that. The storage is written whole at each change;
 * one that throws is told and does not stop the sending.
 */
export class OutboxStorage {
  readonly #context: Surroundings;
  readonly #storage: TextStorage | undefined;
  #key: string | undefined;

  constructor(context: Surroundings, storage: TextStorage | undefined) {
    this.#context = context;
    this.#storage = storage;
  }

  /** What was left for this owner, oldest first; at most as many as may wait. */
  open(owner: string): PendingMessage[] {
    this.#key = `lobbybee.v1.outbox ${owner}`;
    const key = this.#key;
    const left = this.#try((storage) => parseJson(storage.getItem(key) ?? ''));
    return Array.isArray(left) ? left.filter(isPending).slice(0, this.#context.settings.maxQueued) : [];
  }

  save(drafts: readonly PendingMessage[]): void {
    const key = this.#key;
    if (key === undefined) return;
    this.#try((storage) => {
      if (drafts.length === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(drafts));
    });
  }

  #try<T>(use: (storage: TextStorage) => T): T | undefined {
    try {
      return this.#storage && use(this.#storage);
    } catch (error) {
      this.#context.notice({ kind: 'notStored', error });
      return undefined;
    }
  }
}

const isPending = has<PendingMessage>({ conversationId: isText, clientMessageId: isText, text: isText });
