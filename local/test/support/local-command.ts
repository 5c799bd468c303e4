import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';
import * as v from 'valibot';
import { temporaryDirectory } from './temporary-directory.ts';

const stage = v.object({ name: v.string(), websocket: v.string(), management: v.string() });
const names = v.record(v.string(), v.string());
const addresses = v.object({
  apis: v.array(
    v.object({ logicalId: v.string(), id: v.string(), name: v.string(), stages: v.array(stage) }),
  ),
  lambda: v.string(),
  dynamodb: v.string(),
  functions: names,
  tables: names,
  outputs: names,
});

export type LocalAddresses = v.InferOutput<typeof addresses>;

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface StartedLocal {
  readonly addresses: LocalAddresses;
  readonly pid: number;
  stop(signal?: NodeJS.Signals): Promise<Ended>;
}

/** Runs `npm run local` to its end, or to that of the test. */
export async function localCommand(...argv: readonly string[]): Promise<Ended> {
  const { ended, kill } = spawnLocal(argv);
  onTestFinished(async () => {
    kill('SIGKILL');
    await ended;
  });
  return await ended;
}

/** Runs `npm run local --json` until the test is over, with its tables in memory. Rejects with what it says instead. */
export async function startLocalCommand(...argv: readonly string[]): Promise<StartedLocal> {
  const started = await startLocalRun(temporaryDirectory(), argv);
  onTestFinished(async () => void (await started.stop()));
  return started;
}

/** The same until it is told to stop. */
export async function startLocalRun(dataDirectory: string, argv: readonly string[]): Promise<StartedLocal> {
  const { child, ended, kill } = spawnLocal(['--json', '--memory', '--data', dataDirectory, ...argv]);
  const lines = createInterface({ input: child.stdout });
  const first = once(lines, 'line').then(([line]) => String(line));
  const line = await Promise.race([first, ended.then(({ stderr }) => Promise.reject(new Error(stderr)))]);
  return {
    addresses: v.parse(addresses, JSON.parse(line)),
    pid: child.pid ?? 0,
    stop: (signal = 'SIGTERM') => {
      kill(signal);
      return ended;
    },
  };
}

function spawnLocal(argv: readonly string[]) {
  const cwd = join(import.meta.dirname, '../../..');
  const child = spawn(process.execPath, ['--import', 'tsx', 'local/src/cli.ts', ...argv], { cwd });
  const closed = once(child, 'close');
  const ended = Promise.all([text(child.stdout), text(child.stderr), closed]).then(
    ([stdout, stderr]): Ended => ({ code: child.exitCode, stdout, stderr }),
  );
  return { child, ended, kill: (signal: NodeJS.Signals) => void child.kill(signal) };
}
