import { parseJson } from '../protocol/codec.ts';
import { isOwned, type OwnedMessage } from './pending-message.ts';
import type { TextStorage } from './platform.ts';
import type { Surroundings } from './surroundings.ts';

/** One for all owners: a storage is not searched for its keys. The number is that of the format. */
const key = 'lobbybee.outbox.2';

/**
 * Keeps what waits over a reload, whoever's it is.
 *
 * The storage is written whole at each change; one that throws is told and does not stop the sending.
 */
export class OutboxStorage {
  readonly #context: Surroundings;
  readonly #storage: TextStorage | undefined;

  constructor(context: Surroundings, storage: TextStorage | undefined) {
    this.#context = context;
    this.#storage = storage;
  }

  /** What was left, each owner's oldest first. What cannot be read is left out. */
  read(): OwnedMessage[] {
    const left = this.#try((storage) => parseJson(storage.getItem(key) ?? ''));
    return Array.isArray(left) ? left.filter(isOwned) : [];
  }

  write(messages: readonly OwnedMessage[]): void {
    this.#try((storage) => {
      if (messages.length === 0) storage.removeItem(key);
      else storage.setItem(key, JSON.stringify(messages));
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
