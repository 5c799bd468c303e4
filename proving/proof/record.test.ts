import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Tally } from '../simulation/verdict/tally.ts';
import { temporaryDirectory } from '../../local/test/support/temporary-directory.ts';
import { nothingYet, readProof, withSection, withSeedRun, type Section, type SeedRun } from './record.ts';

const circumstances = {
  date: '2026-11-23 07:45 UTC',
  commit: 'abc1234',
  node: 'v20.20.2',
  cores: 2,
  command: 'npm run prove',
};
const section: Section = {
  ...circumstances,
  colour: 'green',
  verdict: 'fine',
  findings: [],
  table: { head: [], rows: [] },
};
const run = (from: number, to: number): SeedRun => ({
  ...circumstances,
  from,
  to,
  tally: new Tally().save(),
});
const rangesOf = (...runs: readonly SeedRun[]) =>
  runs.reduce(withSeedRun, nothingYet).seedRuns.map(({ from, to }) => [from, to]);

describe('runs of seeds', () => {
  it('stand beside each other, in the order of their seeds', () => {
    expect(rangesOf(run(5001, 10_000), run(1, 5000))).toEqual([
      [1, 5000],
      [5001, 10_000],
    ]);
  });

  it('grow while they go on', () => {
    expect(rangesOf(run(1, 5000), run(1, 10_000), run(1, 12_000))).toEqual([[1, 12_000]]);
  });

  it('replace what they try again as a whole, and nothing else', () => {
    expect(rangesOf(run(10, 20), run(30, 40), run(5, 35))).toEqual([
      [5, 35],
      [30, 40],
    ]);
  });
});

describe('what is kept', () => {
  it('is, of each part, what was tried last', () => {
    const first = withSection(withSection(nothingYet, 'bugs', section), 'heap', section);
    const second = withSection(first, 'heap', { ...section, commit: 'def5678' });
    expect(Object.entries(second.sections).map(([name, { commit }]) => [name, commit])).toEqual([
      ['bugs', 'abc1234'],
      ['heap', 'def5678'],
    ]);
  });

  it('is read as it was written, and is nothing where no file is', () => {
    const file = join(temporaryDirectory(), 'proof.json');
    expect(readProof(file)).toEqual(nothingYet);
    const kept = withSection(withSeedRun(nothingYet, run(1, 5)), 'bugs', section);
    writeFileSync(file, JSON.stringify(kept));
    expect(readProof(file)).toEqual(kept);
  });

  it.each(['', '{', '{"seedRuns":[]}'])('is refused in one sentence when it is %j', (text) => {
    const file = join(temporaryDirectory(), 'proof.json');
    writeFileSync(file, text);
    expect(() => readProof(file)).toThrow(
      `${file}: not what npm run prove writes; take it away to begin anew`,
    );
  });
});
