import { table as schema } from '../../../lambdas/contract/table.ts';
import { type Key } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import { holds, keyRange, updated, type KeyRange, type Placeholders } from './expressions.ts';
import { LaggingIndex } from './index-lag.ts';
import { firstFrom, Items, type Item } from './items.ts';

/** One write of a transaction, whichever kind it is. */
export interface Write extends Placeholders {
  readonly key: Key;
  readonly condition?: string | undefined;
  /** What the item becomes; undefined deletes it. */
  readonly change: (item: Item | undefined) => Item | undefined;
  readonly returnsItem: boolean;
}

export interface Reason {
  readonly code: string;
  readonly item?: Item | undefined;
}

export interface Query extends Placeholders {
  readonly expression: string;
  readonly index: boolean;
  readonly forward: boolean;
  readonly limit: number;
  readonly after?: string | undefined;
}

/** Is told of every item that was written or deleted, at the moment at which it was. */
export type WriteListener = (key: Key, item: Item | undefined) => void;

/** Request units used, by DynamoDB's rules for items up to 1 KB. */
export interface Units {
  read: number;
  write: number;
}

/**
 * The table itself: what is stored, which writes exclude each other, and what an index sees when.
 *
 * Whatever touches it here happens at one instant, as a request that has arrived; the time that requests take, and
 * what goes wrong on the way, is the client's (`client.ts`).
 */
export class SimulatedTable {
  readonly items = new Items();
  readonly units: Units = { read: 0, write: 0 };
  readonly #locked = new Set<string>();
  readonly #index: LaggingIndex;
  readonly #listeners: WriteListener[] = [];

  constructor(scheduler: Scheduler, random: Random, faults: Faults) {
    this.#index = new LaggingIndex(scheduler, random, faults);
  }

  listen(listener: WriteListener): void {
    this.#listeners.push(listener);
  }

  get(key: Key): Item | undefined {
    this.units.read++;
    return this.items.get(key);
  }

  /** A write outside of a transaction; `conflict` when one is under way on the item. */
  delete(key: Key): { readonly before: Item | undefined } | 'conflict' {
    if (this.#locked.has(nameOf(key))) return 'conflict';
    const before = this.items.get(key);
    this.#store(key, undefined);
    this.units.write++;
    return { before };
  }

  /**
   * The first half of a transaction: takes its items, or says why not. An item that another transaction holds is a
   * conflict, whatever the conditions say.
   */
  prepare(writes: readonly Write[]): readonly Reason[] | undefined {
    this.units.write += 2 * writes.length;
    const reasons = writes.map((write) =>
      this.#locked.has(nameOf(write.key)) ? { code: 'TransactionConflict' } : this.#check(write),
    );
    if (reasons.some(({ code }) => code !== 'None')) return reasons;
    for (const { key } of writes) this.#locked.add(nameOf(key));
    return undefined;
  }

  /** The second half. */
  finish(writes: readonly Write[]): void {
    for (const { key } of writes) this.#locked.delete(nameOf(key));
    for (const { key, change } of writes) this.#store(key, change(this.items.get(key)));
  }

  /** In the order that was asked for, and whether it stopped before the end. */
  query(query: Query, pageItems: number): { readonly items: readonly Item[]; readonly last?: Item } {
    const range = keyRange(query.expression, query);
    const ordered = query.index
      ? this.#index.partition(range.partition)
      : this.items.partition(range.partition);
    const sortKey = query.index ? schema.activityIndex.sortKey : schema.sortKey;
    const [first, end] = boundsOf(ordered, range, (item) => String(item[sortKey]));
    const after = query.after === undefined ? -1 : ordered.findIndex(({ sk }) => sk === query.after);
    const step = query.forward ? 1 : -1;
    const start = query.forward ? Math.max(first, after + 1) : Math.min(end, after < 0 ? end : after) - 1;
    const most = Math.min(query.limit, pageItems);
    const found: Item[] = [];
    let bytes = 0;
    for (let at = start; at >= first && at < end && found.length < most && bytes < pageBytes; at += step) {
      const item = ordered[at];
      if (item === undefined) break;
      found.push(item);
      bytes += sizeOf(item);
    }
    this.units.read += Math.max(1, Math.ceil(bytes / 4096));
    const last = found.at(-1);
    const stopped = found.length >= most || bytes >= pageBytes;
    return { items: found, ...(stopped && last ? { last } : {}) };
  }

  #check(write: Write): Reason {
    const item = this.items.get(write.key);
    if (holds(write.condition, write, item)) return { code: 'None' };
    return { code: 'ConditionalCheckFailed', ...(write.returnsItem && item ? { item } : {}) };
  }

  #store(key: Key, item: Item | undefined): void {
    if (item === undefined) this.items.delete(key);
    else this.items.put(item);
    if (item !== undefined && schema.activityIndex.partitionKey in item) this.#index.update(item);
    for (const listener of this.#listeners) listener(key, item);
  }
}

/** Where a range begins in what is ordered by a key, and where it has ended. */
function boundsOf(
  ordered: readonly Item[],
  { least, most, below }: KeyRange,
  keyOf: (item: Item) => string,
): [number, number] {
  const first = least === undefined ? 0 : firstFrom(ordered, (item) => keyOf(item) >= least);
  if (most !== undefined) return [first, firstFrom(ordered, (item) => keyOf(item) > most)];
  return [first, below === undefined ? ordered.length : firstFrom(ordered, (item) => keyOf(item) >= below)];
}

/** What a Query returns at most at once (DynamoDB's limit). */
const pageBytes = 1_000_000;

const sizes = new WeakMap<Item, number>();

/** About as many bytes as DynamoDB counts. */
function sizeOf(item: Item): number {
  const known = sizes.get(item) ?? JSON.stringify(item).length;
  sizes.set(item, known);
  return known;
}

export function put(item: Item, condition?: string): Write {
  return { key: item, condition, change: () => item, returnsItem: condition !== undefined };
}

export function remove(key: Key): Write {
  return { key, change: () => undefined, returnsItem: false };
}

export function update(key: Key, expression: string, rest: Placeholders, condition?: string): Write {
  return {
    ...rest,
    key,
    condition,
    change: (item) => updated(expression, rest, item ?? { ...key }),
    returnsItem: true,
  };
}

function nameOf({ pk, sk }: Key): string {
  return `${pk} ${sk}`;
}
