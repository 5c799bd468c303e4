import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { trySeed, type SeedOutcome } from '../verdict/outcome.ts';

/** What a worker is told: one range of seeds after the other. */
export interface Assignment {
  readonly from: number;
  readonly count: number;
}

/** What it answers to each: what came out, and the CPU time of this process since the answer before. */
export interface Report {
  readonly outcomes: readonly SeedOutcome[];
  readonly cpuMilliseconds: number;
}

// Conflicts and refusals are errors too, by the thousand, and nobody reads their stacks.
Error.stackTraceLimit = 0;

// A terminal sends its signals to everyone; whoever has started this process decides what becomes of it.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);
process.on('disconnect', () => process.exit());
process.on('message', ({ from, count }: Assignment) => void work(from, count));

let counted: NodeJS.CpuUsage | undefined;

async function work(from: number, count: number): Promise<void> {
  const outcomes: SeedOutcome[] = [];
  for (let seed = from; seed < from + count; seed++) {
    outcomes.push(await outsideMicrotasks(() => trySeed(seed).outcome));
  }
  const { user, system } = process.cpuUsage(counted);
  counted = process.cpuUsage();
  process.send?.({ outcomes, cpuMilliseconds: (user + system) / 1000 } satisfies Report);
}
