import { describe, expect, it } from 'vitest';
import { fingerprint } from './history/history.ts';
import { withoutRealTimeAndRandomness } from './kernel/guards.ts';
import { outsideMicrotasks } from './kernel/microtasks.ts';
import { Scheduler } from './kernel/scheduler.ts';
import { simulate } from './simulation.ts';

const historyOf = async (seed: number) => {
  const run = await outsideMicrotasks(() => simulate(seed));
  return { kind: run.plan.kind, lines: run.history.length, fingerprint: fingerprint(run.history) };
};

describe('one seed', () => {
  it.each([3, 6, 11])('has one history, to the byte, whatever ran before it (seed %i)', async (seed) => {
    const first = await historyOf(seed);
    await historyOf(seed + 1);
    expect(await historyOf(seed)).toEqual(first);
    expect(first.lines).toBeGreaterThan(300);
  });

  it('has another history than another seed', async () => {
    expect((await historyOf(3)).fingerprint).not.toBe((await historyOf(4)).fingerprint);
  });
});

it('reaches no clock, timer or randomness but its own', () => {
  const reach: readonly (() => unknown)[] = [
    () => Date.now(),
    () => new Date(),
    () => Math.random(),
    () => performance.now(),
    () => crypto.randomUUID(),
    () => setTimeout(() => {}, 0),
    () => setInterval(() => {}, 1000),
    () => setImmediate(() => {}),
  ];
  for (const each of reach) {
    expect(() => withoutRealTimeAndRandomness(each)).toThrow('the simulation reached the real');
  }
  expect(withoutRealTimeAndRandomness(() => new Date(0).toISOString())).toBe('1970-01-01T00:00:00.000Z');
  expect(Date.now()).toBeGreaterThan(0);
});

describe('virtual time', () => {
  it('runs what is due in the order of its time, then of its making, with all that each causes in between', async () => {
    const seen = await outsideMicrotasks(() => {
      const scheduler = new Scheduler(0);
      const order: string[] = [];
      const note = async (name: string): Promise<void> => {
        order.push(name);
        for (let turn = 0; turn < 5; turn++) await Promise.resolve();
        order.push(`${name} later`);
      };
      scheduler.after(20, () => void note('third'));
      scheduler.after(10, () => void note('first'));
      scheduler.after(10, () => void note('second'));
      scheduler.after(10, () => {}).cancelled = true;
      scheduler.after(30, () => void note('never'));
      scheduler.runUntil(25);
      return { order, now: scheduler.now, steps: scheduler.steps };
    });
    expect(seen.order).toEqual(['first', 'first later', 'second', 'second later', 'third', 'third later']);
    expect(seen).toMatchObject({ now: 25, steps: 3 });
  });
});
