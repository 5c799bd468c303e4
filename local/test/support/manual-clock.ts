import type { Clock } from '../../src/clock.ts';

export interface ManualClock extends Clock {
  /** Moves time forward and runs what falls due on the way, in the order of its time. */
  advance(milliseconds: number): void;
  /** Moves time forward at once, as a sleep of the machine does; what fell due on the way runs late, at its end. */
  freeze(milliseconds: number): void;
  /** How many tasks wait; zero after everything was stopped, or something leaks. */
  pending(): number;
}

interface Task {
  readonly due: number;
  readonly run: () => void;
}

export function manualClock(start = 1_700_000_000_000): ManualClock {
  const tasks = new Set<Task>();
  let now = start;

  function nextUntil(limit: number): Task | undefined {
    let next: Task | undefined;
    for (const task of tasks) {
      if (task.due <= limit && (next === undefined || task.due < next.due)) next = task;
    }
    return next;
  }

  function advance(milliseconds: number): void {
    const limit = now + milliseconds;
    for (let task = nextUntil(limit); task !== undefined; task = nextUntil(limit)) {
      tasks.delete(task);
      now = Math.max(now, task.due);
      task.run();
    }
    now = limit;
  }

  return {
    advance,
    now: () => now,
    pending: () => tasks.size,
    after(milliseconds, run) {
      const task: Task = { due: now + milliseconds, run };
      tasks.add(task);
      return () => void tasks.delete(task);
    },
    freeze(milliseconds) {
      now += milliseconds;
      advance(0);
    },
  };
}
