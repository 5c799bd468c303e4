/** A partition's units a second (DynamoDB quotas), of writes and of consistent reads. */
const writesPerSecond = 1000;
const readsPerSecond = 3000;

/**
 * What each partition may still take: a second's units at most, refilled evenly. A request is let in while anything is
 * left and paid when its cost is known, so the last of a second may be paid by the next.
 */
export class Partitions {
  readonly #limited: boolean;
  readonly #left = new Map<string, { units: number; at: number }>();

  constructor(limited: boolean) {
    this.#limited = limited;
  }

  reset(): void {
    this.#left.clear();
  }

  isThrottled(partition: string, writes: boolean): boolean {
    return this.#limited && this.#bucket(partition, writes).units <= 0;
  }

  pay(partition: string, units: number, writes: boolean): void {
    this.#bucket(partition, writes).units -= units;
  }

  #bucket(partition: string, writes: boolean): { units: number; at: number } {
    const most = writes ? writesPerSecond : readsPerSecond;
    const name = `${partition} ${writes ? 'written' : 'read'}`;
    const now = performance.now();
    const bucket = this.#left.get(name) ?? { units: most, at: now };
    this.#left.set(name, bucket);
    bucket.units = Math.min(most, bucket.units + ((now - bucket.at) / 1000) * most);
    bucket.at = now;
    return bucket;
  }
}
