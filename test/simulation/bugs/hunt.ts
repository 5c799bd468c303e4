import type { Invariant } from '../checker/violation.ts';
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

/** Tries seeds until the checker sees the bug; undefined if it does not. Must be called outside of a microtask. */
export function hunt({ name, bug }: PlantedBug, mostSeeds: number): Found | undefined {
  let operations = 0;
  for (let seed = 1; seed <= mostSeeds; seed++) {
    const { run, violations, outcome } = trySeed(seed, bug);
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

export function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? 0;
}
