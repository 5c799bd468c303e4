import type { Key } from '../../../lambdas/adapters/dynamodb/keys.ts';

/** An item as the document client hands it over: numbers, texts, lists, maps and sets of texts. */
export type Item = Readonly<Record<string, unknown>> & Key;

interface Partition {
  readonly bySortKey: Map<string, Item>;
  readonly sorted: Item[];
}

/** The items of a table in memory: partitions, each in the order of its sort keys. */
export class Items {
  readonly #partitions = new Map<string, Partition>();

  get({ pk, sk }: Key): Item | undefined {
    return this.#partitions.get(pk)?.bySortKey.get(sk);
  }

  put(item: Item): void {
    const partition = this.#partitions.get(item.pk) ?? { bySortKey: new Map<string, Item>(), sorted: [] };
    this.#partitions.set(item.pk, partition);
    const { bySortKey, sorted } = partition;
    const at = placeOf(item.sk, sorted);
    if (bySortKey.has(item.sk)) sorted[at] = item;
    else sorted.splice(at, 0, item);
    bySortKey.set(item.sk, item);
  }

  delete({ pk, sk }: Key): void {
    const partition = this.#partitions.get(pk);
    if (partition?.bySortKey.delete(sk)) partition.sorted.splice(placeOf(sk, partition.sorted), 1);
  }

  /** In the order of sort keys. To be read at once: it changes with the table. */
  partition(pk: string): readonly Item[] {
    return this.#partitions.get(pk)?.sorted ?? [];
  }

  *all(): Iterable<Item> {
    for (const { bySortKey } of this.#partitions.values()) yield* bySortKey.values();
  }
}

/** Where an item with this sort key is, or belongs. */
function placeOf(sk: string, sorted: readonly Item[]): number {
  return firstFrom(sorted, (item) => item.sk >= sk);
}

/** The first for which it holds, where it holds for all that come after it; the length, where it holds for none. */
export function firstFrom(sorted: readonly Item[], holds: (item: Item) => boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const item = sorted[middle];
    if (item === undefined || holds(item)) high = middle;
    else low = middle + 1;
  }
  return low;
}
