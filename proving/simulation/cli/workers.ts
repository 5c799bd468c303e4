import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Tally } from '../verdict/tally.ts';
import type { Assignment, Report } from './worker.ts';

export interface Work {
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly tally: Tally;
  /** Called after each range. */
  readonly progress: () => void;
  /** Ends the work: what is under way is given up, and the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const worker = fileURLToPath(new URL('./worker.ts', import.meta.url));

/** Tries a range of seeds in as many processes as are given, and adds up what comes out and what it costs. */
export async function tryAll({ from, seeds, workers, tally, progress, signal }: Work): Promise<void> {
  const end = from + seeds;
  const range = Math.max(1, Math.min(50, Math.ceil(seeds / workers / 4)));
  const before = process.cpuUsage();
  let next = from;
  const take = (): Assignment | undefined => {
    if (next >= end) return undefined;
    const assignment = { from: next, count: Math.min(range, end - next) };
    next += assignment.count;
    return assignment;
  };
  const add = ({ outcomes, cpuMilliseconds }: Report): void => {
    for (const outcome of outcomes) tally.add(outcome);
    tally.coreMilliseconds += cpuMilliseconds;
    progress();
  };
  await Promise.all(Array.from({ length: workers }, () => runOne(take, add, signal)));
  signal?.throwIfAborted();
  const { user, system } = process.cpuUsage(before);
  tally.coreMilliseconds += (user + system) / 1000;
}

/** Resolves when there is nothing more to take, or the signal has come, and the process is gone. */
function runOne(
  take: () => Assignment | undefined,
  done: (report: Report) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) return resolve();
    const child = fork(worker, { execArgv: ['--import', 'tsx', '--no-warnings'] });
    const giveUp = (): void => void child.kill('SIGKILL');
    signal?.addEventListener('abort', giveUp);
    const hand = (): void => {
      const assignment = take();
      if (assignment) child.send(assignment);
      else child.disconnect();
    };
    child.on('message', (report: Report) => {
      if (signal?.aborted) return;
      done(report);
      hand();
    });
    child.on('error', reject);
    child.on('exit', (code, by) => {
      signal?.removeEventListener('abort', giveUp);
      if (code === 0 || signal?.aborted) resolve();
      else reject(new Error(`a worker ended with ${code ?? by}`));
    });
    hand();
  });
}
