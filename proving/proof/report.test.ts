import { describe, expect, it } from 'vitest';
import { Tally } from '../simulation/verdict/tally.ts';
import { nothingYet, withSection, withSeedRun, type Section, type SeedRun } from './record.ts';
import { report } from './report.ts';

const parts = [
  { name: 'bugs', title: 'Planted bugs' },
  { name: 'seeds', title: 'Seeds' },
];
const circumstances = { date: '2026-11-23 07:45 UTC', commit: 'abc1234', node: 'v20.20.2', cores: 2 };
const bugs: Section = {
  ...circumstances,
  command: 'npm run prove -- --only bugs',
  colour: 'red',
  verdict: '37 of 38 caught',
  findings: ['not seen: a system that forgets'],
  table: { head: ['a system that', 'seen by'], rows: [['says a | b', 'S1']] },
};

function run(from: number, to: number, deliveries: number, red: SeedRun['tally']['red'] = []): SeedRun {
  const tally = new Tally().save();
  return {
    ...circumstances,
    command: `npm run prove -- --from ${from}`,
    from,
    to,
    tally: { ...tally, seeds: to - from + 1, coreMilliseconds: 2000, counts: { deliveries }, red },
  };
}

describe('the report', () => {
  it('says of every part what came of it, and how to try what was not tried', () => {
    const text = report(withSection(nothingYet, 'bugs', bugs), parts);
    expect(text).toContain('| `bugs` | **red** | 37 of 38 caught | abc1234 | 2026-11-23 07:45 UTC |');
    expect(text).toContain('| `seeds` | not tried |');
    expect(text).toContain('`npm run prove -- --only seeds`');
    expect(text).toContain('- not seen: a system that forgets');
    expect(text).toContain(String.raw`| says a \| b | S1 |`);
  });

  it('lists runs of seeds one by one, with their sum', () => {
    const text = report([run(1, 100, 30_000), run(101, 300, 50_000)].reduce(withSeedRun, nothingYet), parts);
    expect(text).toContain('| 1 | 100 | 100 | 0 | 30000 | 15000 | abc1234 |');
    expect(text).toContain('| 101 | 300 | 200 | 0 | 50000 | 25000 | abc1234 |');
    expect(text).toContain('| sum |  | 300 | 0 | 80000 | 20000 |');
    expect(text).toContain('| F1 invocation killed at an await | 0 |');
  });

  it('is red for one red seed of any run, and says how to repeat it', () => {
    const red = [{ seed: 7, invariant: 'S1', message: 'lost' }];
    const text = report([run(1, 100, 1, red), run(101, 200, 1)].reduce(withSeedRun, nothingYet), parts);
    expect(text).toContain('| `seeds` | **red** | 200 seeds, 2 deliveries checked, 1 red |');
    expect(text).toContain('- red: S1 lost: `npm run simulate -- --seeds 1 --from 7 ');
  });

  it('is unknown, and says why, when too little happened', () => {
    const text = report(withSeedRun(nothingYet, run(1, 1, 10)), parts);
    expect(text).toContain('| `seeds` | **unknown** |');
    expect(text).toContain('- too rare for a verdict: deliveries: 10 of 5000');
  });
});
