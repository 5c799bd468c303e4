import { expect, it } from 'vitest';
import { plantedBugs } from './bugs/all.ts';
import { hunt } from './bugs/hunt.ts';

/** Twice as many as the rarest needs. */
const mostSeeds = 50;

it.each(plantedBugs)('the checker sees a system that $name', async (planted) => {
  const found = await hunt(planted, mostSeeds);
  expect(found).toMatchObject({ name: planted.name });
});

it('plants at least 25, each with a name of its own', () => {
  expect(new Set(plantedBugs.map(({ name }) => name)).size).toBeGreaterThanOrEqual(25);
});
