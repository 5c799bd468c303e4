import type { Random } from '../../simulation/kernel/random.ts';
import { plannedFaults, type PlannedFault } from './kinds.ts';

/** One thing that is to go wrong, so many milliseconds after the start. */
export interface Planned {
  readonly at: number;
  readonly kind: PlannedFault;
}

/** Faults are planned for this part of the time, so that the last ones still have time to hurt. */
const [from, to] = [0.05, 0.92];

/** Each kind as often as it should, and at least once; the same for the same random numbers. */
export function planFaults(
  random: Random,
  kinds: readonly PlannedFault[],
  milliseconds: number,
): readonly Planned[] {
  return kinds
    .flatMap((kind) => {
      const times = Math.max(1, Math.round((plannedFaults[kind] * milliseconds) / 60_000));
      return Array.from({ length: times }, (_, index) => {
        const share = from + ((to - from) * (index + random.next())) / times;
        return { at: share * milliseconds, kind };
      });
    })
    .toSorted((one, other) => one.at - other.at);
}
