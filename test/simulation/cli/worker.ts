import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { trySeed, type Outcome } from '../verdict/outcome.ts';

/** What a worker is told: one range of seeds after the other. */
export interface Assignment {
  readonly from: number;
  readonly count: number;
}

/** What it answers to each: what came out, and what it cost. */
export interface Report {
  readonly outcomes: readonly Outcome[];
  readonly cpuMilliseconds: number;
}

// Conflicts and refusals are errors too, by the thousand, and nobody reads their stacks.
Error.stackTraceLimit = 0;

process.on('message', ({ from, count }: Assignment) => void work(from, count));

async function work(from: number, count: number): Promise<void> {
  const before = process.cpuUsage();
  const outcomes: Outcome[] = [];
  for (let seed = from; seed < from + count; seed++) {
    outcomes.push(await outsideMicrotasks(() => trySeed(seed).outcome));
  }
  const { user, system } = process.cpuUsage(before);
  process.send?.({ outcomes, cpuMilliseconds: (user + system) / 1000 } satisfies Report);
}
