import { expect, it } from 'vitest';
import { outsideMicrotasks } from './kernel/microtasks.ts';
import type { Plan } from './plan.ts';
import { trySeed } from './verdict/outcome.ts';

/** Every client replaces its connection twice a minute, and there are many. */
const rotating = (plan: Plan): Plan => ({
  ...plan,
  kind: 'rough',
  milliseconds: Math.min(plan.milliseconds, 60_000),
  pauseMilliseconds: Math.min(plan.pauseMilliseconds, 4000),
  tabs: 5,
  quickRotation: true,
});

it('replaces a thousand connections under load and misses nothing, and shows nothing twice', async () => {
  let rotations = 0;
  for (let seed = 1; rotations < 1000; seed++) {
    const { outcome } = await outsideMicrotasks(() => trySeed(seed, { plan: rotating }));
    expect(outcome.violations, `seed ${seed}`).toEqual([]);
    rotations += outcome.counts.rotations;
  }
}, 120_000);
