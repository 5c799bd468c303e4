import type { Tally } from '../simulation/verdict/tally.ts';

/** The invariants that cannot be seen broken in a tally, in words, because nobody counted what they are about. */
export function notCounted(tally: Tally): string[] {
  return [
    ...(tally.counts.has('posts') ? [] : ['L4: how many posts are under way at once']),
    ...(tally.demands.ceilings === undefined ? ['L5: what deliveries and messages cost'] : []),
  ];
}
