/**
 * A queue in which sources take turns. Items of one source keep their order. A source with a thousand items delays the first
 * item of another by one. An item without a source is a source of its own.
 */
export class FairQueue<Item> {
  /** In the order of turns: a source that has had its turn moves to the end. */
  readonly #bySource = new Map<unknown, Item[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  push(item: Item, source?: string): void {
    const key = source ?? Symbol('no source');
    const items = this.#bySource.get(key);
    if (items === undefined) this.#bySource.set(key, [item]);
    else items.push(item);
    this.#length += 1;
  }

  shift(): Item | undefined {
    const [turn] = this.#bySource;
    if (turn === undefined) return undefined;
    const [source, items] = turn;
    const item = items.shift();
    this.#bySource.delete(source);
    if (items.length > 0) this.#bySource.set(source, items);
    this.#length -= 1;
    return item;
  }

  /** Empties it, in the order of turns. */
  drain(): Item[] {
    return Array.from({ length: this.#length }, () => this.shift()).filter((item) => item !== undefined);
  }
}
