import { describe, expect, it } from 'vitest';
import { allFaultKinds } from '../faults.ts';
import type { Counts, SeedOutcome } from './outcome.ts';
import { seedsTried, verdictLine } from './print.ts';
import { Tally } from './tally.ts';

const counts: Counts = {
  attempted: 10_000,
  ok: 9000,
  info: 500,
  fail: 500,
  sends: 5000,
  notifies: 4000,
  changes: 1000,
  subscribes: 1000,
  unsubscribes: 500,
  lists: 500,
  crowds: 5,
  deliveries: 20_000,
  frames: 30_000,
  rotations: 100,
  connections: 400,
  posts: 21_000,
  stored: 8000,
  readUnits: 70_000,
  writeUnits: 80_000,
  steps: 100_000,
};

const outcome = (given: Partial<SeedOutcome> = {}): SeedOutcome => ({
  seed: 1,
  counts,
  faults: allFaultKinds.map((kind) => [kind, 5] as const),
  violations: [],
  ...given,
});

const tallyOf = (...outcomes: readonly SeedOutcome[]): Tally => {
  const tally = new Tally();
  for (const each of outcomes) tally.add(each);
  return tally;
};

describe('a verdict', () => {
  it('is green when nothing is wrong and everything has happened', () => {
    const tally = tallyOf(outcome());
    expect(tally.vacuous).toEqual([]);
    expect(tally.colour).toBe('green');
    expect(verdictLine(tally, seedsTried(tally, '1 to 1'), 'abc')).toContain(
      'verdict green | 1 seeds (1 to 1)',
    );
  });

  it.each(allFaultKinds)('is unknown when there was too little of %s', (kind) => {
    const faults = allFaultKinds.filter((each) => each !== kind).map((each) => [each, 5] as const);
    const tally = tallyOf(outcome({ faults }));
    expect(tally.colour).toBe('unknown');
    expect(tally.vacuous).toEqual([`${kind}: 0`]);
  });

  it.each([
    'sends',
    'notifies',
    'changes',
    'subscribes',
    'unsubscribes',
    'lists',
    'crowds',
    'deliveries',
    'rotations',
  ] as const)('is unknown when there were too few %s', (name) => {
    expect(tallyOf(outcome({ counts: { ...counts, [name]: 1 } })).colour).toBe('unknown');
  });

  it('is red for one violation, whatever else there was or was not', () => {
    const violations = [{ invariant: 'S1', message: 'lost' } as const];
    const tally = tallyOf(outcome(), outcome({ seed: 7, violations, faults: [] }));
    expect(tally.colour).toBe('red');
    expect(tally.red.map(({ seed }) => seed)).toEqual([7]);
    expect(verdictLine(tally, '2 seeds', 'abc')).toMatch(/verdict red .* lost 1 phantom 0 /);
  });

  it('is red when messages cost more than is stated', () => {
    const dear = outcome({ counts: { ...counts, posts: 41_000 } });
    const tally = tallyOf(...Array.from({ length: 100 }, () => dear));
    expect(tally.tooDear).toEqual(['postsPerDelivery: 2.0 of 2']);
    expect(tally.colour).toBe('red');
  });
});
