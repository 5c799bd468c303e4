import { table as schema } from '../../../lambdas/contract/table.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { Item } from './items.ts';

const usualMilliseconds = 15;
const longestMilliseconds = 8000;

/** The global secondary index: it sees each write a while later, the writes of one item in their order. */
export class LaggingIndex {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #seen = new Map<string, Item>();
  readonly #latest = new Map<string, number>();

  constructor(scheduler: Scheduler, random: Random, faults: Faults) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
  }

  update(item: Item): void {
    const lags = this.#faults.strikes('index lagging', item.pk);
    const wait =
      this.#random.latency(usualMilliseconds) + (lags ? this.#random.between(0, longestMilliseconds) : 0);
    const due = Math.max(this.#scheduler.now + wait, this.#latest.get(item.pk) ?? 0);
    this.#latest.set(item.pk, due);
    this.#scheduler.after(due - this.#scheduler.now, () => this.#seen.set(item.pk, item));
  }

  /** In the order of the index's sort key. */
  partition(key: string): readonly Item[] {
    const { partitionKey, sortKey } = schema.activityIndex;
    return [...this.#seen.values()]
      .filter((item) => item[partitionKey] === key)
      .toSorted((one, other) => (String(one[sortKey]) < String(other[sortKey]) ? -1 : 1));
  }
}
