import { expect, it } from 'vitest';
import { trySeed } from '../simulation/verdict/outcome.ts';
import { Tally } from '../simulation/verdict/tally.ts';
import { notCounted } from './not-counted.ts';
import { soakDemands } from './soak.ts';

it('names what a soak does not count, and nothing where the simulation has counted it', () => {
  expect(notCounted(new Tally(soakDemands(4))).map((words) => words.slice(0, 2))).toEqual(['L4', 'L5']);
  const simulated = new Tally();
  simulated.add(trySeed(1).outcome);
  expect(notCounted(simulated)).toEqual([]);
});
