/**
 * Called at each point at which a request meets the store; a test decides by it who goes first, or throws from it.
 */
export type Turn = (operation: string) => Promise<void>;

/** Everyone goes at once. */
export const noWait: Turn = () => Promise.resolve();

/**
 * Writes that succeed or fail as one. As in DynamoDB, a transaction that touches an item on which another one is under
 * way is turned away, and tried again by nobody but its caller.
 */
export class Transactions {
  readonly #turn: Turn;
  readonly #underWay = new Set<string>();

  constructor(turn: Turn) {
    this.#turn = turn;
  }

  /** Whether a single write to an item would be turned away now. */
  holds(item: string): boolean {
    return this.#underWay.has(item);
  }

  async run<T>(operation: string, items: readonly string[], apply: () => T): Promise<T | 'contended'> {
    await this.#turn(operation);
    if (items.some((item) => this.#underWay.has(item))) return 'contended';
    for (const item of items) this.#underWay.add(item);
    try {
      await this.#turn(operation);
      return apply();
    } finally {
      for (const item of items) this.#underWay.delete(item);
    }
  }
}
