import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Tally } from '../verdict/tally.ts';
import type { Assignment, Report } from './worker.ts';

export interface Work {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly tally: Tally;
  /** Called after each range; `true` ends the work early. */
  readonly progress: () => boolean;
}

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Tries a range of seeds in as many processes as are given, and adds up what comes out. */
export async function tryAll({ from, seeds, workers, tally, progress }: Work): Promise<void> {
  const end = from + seeds;
  const chunk = Math.max(1, Math.min(50, Math.ceil(seeds / workers / 4)));
  let next = from;
  let stop = false;
  const take = (): Assignment | undefined => {
    if (stop || next >= end) return undefined;
    const assignment = { from: next, count: Math.min(chunk, end - next) };
    next += assignment.count;
    return assignment;
  };
  await Promise.all(
    Array.from({ length: workers }, () =>
      runOne(take, ({ outcomes, cpuMilliseconds }) => {
        for (const outcome of outcomes) tally.add(outcome);
        tally.coreMilliseconds += cpuMilliseconds;
        stop ||= progress();
      }),
    ),
  );
}

function runOne(take: () => Assignment | undefined, done: (report: Report) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = fork(worker, { execArgv: ['--import', 'tsx', '--no-warnings'] });
    const hand = (): void => {
      const assignment = take();
      if (assignment) child.send(assignment);
      else child.disconnect();
    };
    child.on('message', (report: Report) => {
      done(report);
      hand();
    });
    child.on('error', reject);
    child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
    hand();
  });
}
