import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { commandOf, descendantsOf, isRunning } from '../../test/dev/processes.ts';

const project = join(import.meta.dirname, '../..');

async function soak(...options: string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'lobbybee-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const child = spawn(
    process.execPath,
    ['--no-warnings', '--import', 'tsx', 'proving/soak/cli.ts', ...options],
    { cwd: project, env: { ...process.env, TMPDIR: folder }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const exit = once(child, 'exit').then(([code]: unknown[]) => code);
  return { child, exit, folder, lines: createInterface({ input: child.stdout }) };
}

/** A process that was killed needs a moment; the test's own limit ends the waiting. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(20);
}

it('leaves no process and no file when it is asked to stop, and says that nothing is known', async () => {
  const { child, exit, folder, lines } = await soak('--minutes', '5', '--clients', '4');
  const said: string[] = [];
  let started: number[] = [];
  let commands: string[] = [];
  for await (const line of lines) {
    said.push(line);
    if (!line.includes('operations attempted') || started.length > 0) continue;
    started = await descendantsOf(child.pid ?? 0);
    commands = await Promise.all(started.map(commandOf));
    child.kill('SIGTERM');
  }
  expect(await exit).toBe(2);
  expect(said.at(-1)).toBe('verdict unknown | stopped before the end');
  expect(commands.filter((command) => command.includes('dev/start.ts'))).toHaveLength(1);
  for (const pid of started) await until(async () => !(await isRunning(pid)));
  expect((await readdir(folder)).filter((name) => name.startsWith('lobbybee'))).toEqual([]);
}, 180_000);

it('refuses what it does not understand in one sentence', async () => {
  const { child, exit } = await soak('--minutes', 'ten');
  const said: Buffer[] = [];
  child.stderr.on('data', (chunk: Buffer) => said.push(chunk));
  expect(await exit).toBe(2);
  expect(Buffer.concat(said).toString()).toBe(
    '--minutes must be a whole number from 1 to 1440, not "ten".\n',
  );
});
