import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import * as v from 'valibot';
import { isNpmsOwn } from '../../src/command-line/parent.ts';
import { eventually } from '../support/eventually.ts';
import { descendants, isRunning } from '../support/running-processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const root = join(import.meta.dirname, '../../..');
const { scripts } = v.parse(
  v.object({ scripts: v.record(v.string(), v.string()) }),
  JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')),
);
const options = ['--assembly', 'local/test/fixtures/demo-assembly', '--memory', '--json'];

describe('a service', () => {
  it.each([
    ['a shell, without npm', undefined, false],
    ['another script in the background', 'nohup node --import tsx dev/start.ts &', false],
    ['another script that became another program', 'exec node --import tsx dev/other.ts', false],
    ['a script of the same name elsewhere', 'exec node --import tsx other/dev/start.ts', false],
  ])('that %s started follows its parent: %s', (_who, script, follows) => {
    expect(isNpmsOwn({ npm_lifecycle_script: script }, '/somewhere/dev/start.ts')).toBe(follows);
  });

  it.each(['start', 'local'])('that `npm run %s` of this project started follows its parent', (name) => {
    const script = scripts[name] ?? '';
    const entry = script.split(' ').at(-1) ?? '';
    expect(entry).toMatch(/^\w.*\.ts$/);
    expect(isNpmsOwn({ npm_lifecycle_script: script }, join(root, entry))).toBe(true);
  });
});

/** Starts a command, waits for its addresses, and returns all the processes that came of it. */
async function started(command: string, args: readonly string[]) {
  const child: ChildProcess = spawn(command, args, {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const { stdout, pid = 0 } = child;
  if (stdout === null) throw new Error('a spawned command has a stdout');
  const lines = createInterface({ input: stdout });
  for await (const line of lines) if (line.startsWith('{')) break;
  const own = descendants(pid);
  onTestFinished(() => {
    for (const one of [pid, ...own].filter(isRunning)) process.kill(one, 'SIGKILL');
  });
  return { child, own };
}

describe('SIGKILL of the parent', () => {
  it('of a run that npm started leaves nothing behind: no service, no engine, no function', async () => {
    const data = temporaryDirectory();
    const { child, own } = await started('npm', ['run', '-s', 'local', '--', ...options, '--data', data]);
    // The service, its reaper and engine, and an environment of each of the two functions.
    expect(own.length).toBeGreaterThanOrEqual(5);
    child.kill('SIGKILL');
    await once(child, 'exit');
    await eventually(() => expect(own.filter(isRunning)).toEqual([]));
  });

  it('of a run that a shell started leaves it running', async () => {
    const data = temporaryDirectory();
    const command = ['node', '--import', 'tsx', 'local/src/cli.ts', ...options, '--data', data].join(' ');
    const { child, own } = await started('/bin/sh', ['-c', `${command} & wait`]);
    child.kill('SIGKILL');
    await once(child, 'exit');
    // A later run that npm started has ended: had this one followed its parent, it would have ended before.
    const npms = await started('npm', [
      'run',
      '-s',
      'local',
      '--',
      ...options,
      '--data',
      temporaryDirectory(),
    ]);
    npms.child.kill('SIGKILL');
    await eventually(() => expect(npms.own.filter(isRunning)).toEqual([]));
    expect(own.filter((pid) => !isRunning(pid))).toEqual([]);
  });
});
