import type { Invariant } from '../checker/violation.ts';
import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { trySeed } from '../verdict/outcome.ts';
import type { PlantedBug } from './planted-bug.ts';

/** How a planted bug was found. */
export interface Found {
  readonly name: string;
  readonly seeds: number;
  /** Operations that had been begun until the first violation. */
  readonly operations: number;
  readonly invariant: Invariant;
  readonly message: string;
}

/** Tries seeds from 1 until the checker sees the bug; undefined if it does not. Rejects when the signal comes. */
export async function hunt(
  { name, bug }: PlantedBug,
  mostSeeds: number,
  signal?: AbortSignal,
): Promise<Found | undefined> {
  let operations = 0;
  for (let seed = 1; seed <= mostSeeds; seed++) {
    signal?.throwIfAborted();
    const { run, violations, outcome } = await outsideMicrotasks(() => trySeed(seed, bug));
    const [first] = violations;
    if (first === undefined) {
      operations += outcome.counts.attempted;
      continue;
    }
    const until = first.lines.at(-1)?.i ?? run.history.length;
    operations += run.history.filter(
      ({ i, f, type }) =>
        i <= until && type === 'invoke' && (f === 'send' || f === 'notify' || f === 'change'),
    ).length;
    return { name, seeds: seed, operations, invariant: first.invariant, message: first.message };
  }
  return undefined;
}
