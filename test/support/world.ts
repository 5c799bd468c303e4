import type { World } from '../../lambdas/core/ports.ts';

export interface TestWorld extends World {
  /** Milliseconds that were asked of `sleep`, in order; no time passes. */
  readonly sleeps: readonly number[];
  /** Sets the clock. */
  at(time: string | number): void;
  advance(milliseconds: number): void;
}

/** A world that stands still: time moves when the test says so, sleeping takes no time, randomness is one number. */
export function testWorld({ start = '2026-11-23T09:30:00.000Z', random = 0.5 } = {}): TestWorld {
  let now = Date.parse(start);
  let ids = 0;
  const sleeps: number[] = [];
  return {
    sleeps,
    at: (time) => void (now = new Date(time).getTime()),
    advance: (milliseconds) => void (now += milliseconds),
    now: () => new Date(now),
    async sleep(milliseconds) {
      sleeps.push(milliseconds);
      // Others get their turn.
      await new Promise<void>((resume) => {
        setImmediate(resume);
      });
    },
    random: () => random,
    newId: () => `made-${++ids}`,
  };
}
