import type { Key } from '../../../lambdas/contract/table.ts';

/** An item as the document client hands it over: numbers, texts, lists, maps and sets of texts. */
export type Item = Readonly<Record<string, unknown>> & Key;

/** The items of a table in memory: partitions, each in the order of its sort keys. */
export class Items {
  readonly #partitions = new Map<string, Map<string, Item>>();
  readonly #sorted = new Map<string, readonly Item[]>();

  get({ pk, sk }: Key): Item | undefined {
    return this.#partitions.get(pk)?.get(sk);
  }

  put(item: Item): void {
    const partition = this.#partitions.get(item.pk) ?? new Map<string, Item>();
    this.#partitions.set(item.pk, partition.set(item.sk, item));
    this.#sorted.delete(item.pk);
  }

  delete({ pk, sk }: Key): void {
    this.#partitions.get(pk)?.delete(sk);
    this.#sorted.delete(pk);
  }

  /** In the order of sort keys. */
  partition(pk: string): readonly Item[] {
    const known = this.#sorted.get(pk);
    if (known !== undefined) return known;
    const items = [...(this.#partitions.get(pk)?.values() ?? [])].toSorted((one, other) =>
      one.sk < other.sk ? -1 : 1,
    );
    this.#sorted.set(pk, items);
    return items;
  }

  *all(): Iterable<Item> {
    for (const partition of this.#partitions.values()) yield* partition.values();
  }
}
