import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';

export interface NetworkDependencies {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
}

const wayMilliseconds = 20;
/** The longest that a network holds everything back before it goes on. */
export const longestStall = 12_000;

/** One direction of a socket: what is sent arrives in its order, each after a while; once broken, nothing does. */
export class Pipe {
  readonly #deps: NetworkDependencies;
  readonly #name: string;
  #broken = false;
  #lastArrival = 0;

  constructor(deps: NetworkDependencies, name: string) {
    this.#deps = deps;
    this.#name = name;
  }

  send(arrive: () => void): void {
    const { scheduler, random, faults } = this.#deps;
    const stall = faults.strikes('network stalled', this.#name) ? random.between(500, longestStall) : 0;
    const arrival = Math.max(scheduler.now + random.latency(wayMilliseconds) + stall, this.#lastArrival);
    this.#lastArrival = arrival;
    scheduler.after(arrival - scheduler.now, () => {
      if (!this.#broken) arrive();
    });
  }

  /** What is on its way is lost as well. */
  break(): void {
    this.#broken = true;
  }
}
