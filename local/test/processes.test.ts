import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { keepProcesses, type KeptProcess, type ProcessKeeper } from '../src/processes.ts';
import { eventually } from './support/eventually.ts';
import { descendants, isFrozen, isRunning } from './support/running-processes.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

function keeper(): ProcessKeeper {
  const kept = keepProcesses();
  onTestFinished(() => kept.stop());
  return kept;
}

function sleeper(kept: ProcessKeeper): Promise<KeptProcess> {
  return kept.spawn('/bin/sh', ['-c', 'sleep 1000 & wait'], {
    environment: { PATH: process.env['PATH'] ?? '' },
  });
}

describe('a kept process', () => {
  it('tells how it ended', async () => {
    const child = await keeper().spawn('/bin/sh', ['-c', 'exit 7'], { environment: {} });
    expect(await child.exited).toEqual({ code: 7, signal: null });
  });

  it('is signalled together with what it started', async () => {
    const child = await sleeper(keeper());
    await eventually(() => expect(descendants(child.pid)).toHaveLength(1));
    const [grandchild = 0] = descendants(child.pid);
    child.signal('SIGKILL');
    await child.exited;
    await eventually(() => expect(isRunning(grandchild)).toBe(false));
    child.signal('SIGKILL');
  });

  it('takes what it started with it when it ends by itself', async () => {
    const script = 'sleep 1000 & echo $!';
    const child = await keeper().spawn('/bin/sh', ['-c', script], {
      environment: { PATH: process.env['PATH'] ?? '' },
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as unknown[];
    await eventually(() => expect(isRunning(Number(line))).toBe(false));
  });

  it('cannot be started from nothing, which is said and not thrown later', async () => {
    await expect(keeper().spawn('/nowhere/program', [], { environment: {} })).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });

  it('does not outlive its keeper, even when it is frozen', async () => {
    const kept = keepProcesses();
    const children = [await sleeper(kept), await sleeper(kept)];
    children[0]?.signal('SIGSTOP');
    await eventually(() => expect(isFrozen(children[0]?.pid ?? 0)).toBe(true));
    await kept.stop();
    await eventually(() => expect(children.filter(({ pid }) => isRunning(pid))).toEqual([]));
  });
});

describe('a run that is killed outright', () => {
  it('leaves nothing behind: no environment, frozen or not, and no engine', async () => {
    const demo = fileURLToPath(new URL('./fixtures/demo-assembly', import.meta.url));
    const script = fileURLToPath(new URL('./support/run-local.ts', import.meta.url));
    const run = spawn(process.execPath, ['--import', 'tsx', script, demo, temporaryDirectory()], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    onTestFinished(() => void run.kill('SIGKILL'));
    await once(createInterface(run.stdout), 'line');
    // The reaper, the engine and an environment of each of the two functions, besides what tsx needs itself.
    const started = descendants(run.pid ?? 0);
    expect(started.length).toBeGreaterThanOrEqual(4);
    await eventually(() => expect(started.filter(isFrozen)).toHaveLength(2));
    run.kill('SIGKILL');
    await eventually(() => expect(started.filter(isRunning)).toEqual([]));
  }, 30_000);
});
