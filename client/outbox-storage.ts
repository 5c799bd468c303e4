import { parseJson } from '../protocol/codec.ts';
import { isOwned, type OwnedMessage } from './pending-message.ts';
import type { TextStorage } from './platform.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Keeps over a reload what waits for one service, whoever's it is. Two services (a stage, another account) may have users and
 * hotels of the same ids, so each has its own key, by its URL; what waits for others stays under theirs.
 *
 * The storage is written whole at each change; one that throws is told and does not stop the sending.
 */
export class OutboxStorage {
  readonly #context: Surroundings;
  readonly #storage: TextStorage | undefined;
  readonly #key: string;

  constructor(context: Surroundings, storage: TextStorage | undefined, url: string) {
    this.#context = context;
    this.#storage = storage;
    // One for all owners: a storage is not searched for its keys. The number is that of the format.
    this.#key = `lobbybee.outbox.3 ${url}`;
  }

  /** What was left, each owner's oldest first. What cannot be read is left out. */
  read(): OwnedMessage[] {
    const left = this.#try((storage) => parseJson(storage.getItem(this.#key) ?? ''));
    return Array.isArray(left) ? left.filter(isOwned) : [];
  }

  write(messages: readonly OwnedMessage[]): void {
    this.#try((storage) => {
      if (messages.length === 0) storage.removeItem(this.#key);
      else storage.setItem(this.#key, JSON.stringify(messages));
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
