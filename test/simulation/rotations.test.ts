import { expect, it } from 'vitest';
import { outsideMicrotasks } from './kernel/microtasks.ts';
import { trySeed } from './verdict/outcome.ts';

it('replaces a thousand connections under load and misses nothing, and shows nothing twice', async () => {
  let rotations = 0;
  for (let seed = 1; rotations < 1000; seed++) {
    const { outcome } = await outsideMicrotasks(() =>
      trySeed(seed, { plan: (plan) => ({ ...plan, kind: 'rough', tabs: 5, quickRotation: true }) }),
    );
    expect(outcome.violations, `seed ${seed}`).toEqual([]);
    rotations += outcome.counts.rotations;
  }
}, 120_000);
