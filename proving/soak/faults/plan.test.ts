import { expect, it } from 'vitest';
import { Random } from '../../simulation/kernel/random.ts';
import { plannedFaults, plannedKinds } from './kinds.ts';
import { planFaults } from './plan.ts';

const planned = (seed: number, minutes: number) =>
  planFaults(new Random(seed), plannedKinds, minutes * 60_000);

it('plans every fault at least once, however short the time, and in it', () => {
  const plan = planned(1, 0.1);
  expect(new Set(plan.map(({ kind }) => kind))).toEqual(new Set(plannedKinds));
  for (const { at } of plan) expect(at).toBeLessThan(6000);
});

it('plans each as often as its rate says, in the order of time', () => {
  const plan = planned(1, 10);
  for (const kind of plannedKinds) {
    expect(plan.filter((each) => each.kind === kind)).toHaveLength(plannedFaults[kind] * 10);
  }
  expect(plan.map(({ at }) => at)).toEqual(plan.map(({ at }) => at).toSorted((one, other) => one - other));
});

it('plans the same for the same seed, and something else for another', () => {
  expect(planned(3, 1)).toEqual(planned(3, 1));
  expect(planned(3, 1)).not.toEqual(planned(4, 1));
});
