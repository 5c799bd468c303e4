import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeConformance } from './conformance/suite.ts';
import { localTarget } from './local-target.ts';

describeConformance(localTarget);

it('leaves out no line of the list, and the local gateway differs in none', () => {
  const folder = new URL('conformance/', import.meta.url);
  const sources = readdirSync(folder).map((name) => readFileSync(new URL(name, folder), 'utf8'));
  const tested = sources.flatMap((source) =>
    [...source.matchAll(/['"`](\d+) · /g)].map(([, line]) => Number(line)),
  );
  expect([...new Set(tested)].toSorted((a, b) => a - b)).toEqual(
    Array.from({ length: 56 }, (_, index) => index + 1),
  );
  expect(localTarget.differences.size).toBe(0);
});
