import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eventually } from '../../local/test/support/eventually.ts';
import { descendants, isRunning } from '../../local/test/support/running-processes.ts';
import { temporaryDirectory } from '../../local/test/support/temporary-directory.ts';

function prove(folder: string, ...options: readonly string[]) {
  const command = ['run', '--silent', 'prove', '--', '--folder', folder, ...options];
  // A group of its own: npm, when killed, takes nobody with it.
  const child = spawn('npm', command, { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  onTestFinished(() => {
    if (child.exitCode === null) process.kill(-Number(child.pid), 'SIGKILL');
  });
  return { child, said: text(child.stdout), code: once(child, 'exit').then(([code]: unknown[]) => code) };
}

// Each starts npm, the command and its workers, on a machine as busy as it may be.
describe('npm run prove', { timeout: 120_000 }, () => {
  it('writes what it found, over whatever stood there, and ends with its verdict', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'proof.md'), 'what somebody wrote');
    const { said, code } = prove(folder, '--only', 'seeds', '--seeds', '4', '--from', '11');
    expect(await said).toContain('seeds: unknown');
    expect(await code).toBe(2);
    const report = readFileSync(join(folder, 'proof.md'), 'utf8');
    expect(report).toContain('| 11 | 14 | 4 | 0 |');
    expect(report).toContain('`npm run prove -- --only seeds --seeds 4 --from 11`');
    expect(report).not.toContain('what somebody wrote');
    expect(report).not.toContain(folder);
    expect(readdirSync(folder).toSorted()).toEqual(['proof.json', 'proof.md']);
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'stops at %s, leaves nothing behind and says how to go on',
    async (signal) => {
      const folder = temporaryDirectory();
      const { child, said, code } = prove(folder, '--only', 'seeds', '--from', '21');
      const pid = child.pid ?? 0;
      await once(child.stdout, 'data');
      const started = descendants(pid);
      expect(started.length).toBeGreaterThan(0);
      child.kill(signal);
      expect(await said).toContain('npm run prove -- --only seeds --from 21 --seeds 100000');
      expect(await code).toBe(2);
      await eventually(() => expect(started.filter(isRunning)).toEqual([]));
      expect(readdirSync(folder)).toEqual([]);
    },
  );

  it('makes the folder that it is to keep its findings in', async () => {
    const folder = join(temporaryDirectory(), 'there', 'is', 'none');
    const { said, code } = prove(folder, '--only', 'seeds', '--seeds', '1');
    expect(await said).toContain(`unknown; kept in ${folder}/proof.md\n`);
    expect(await code).toBe(2);
    expect(readdirSync(folder).toSorted()).toEqual(['proof.json', 'proof.md']);
  });

  it('begins nothing where nothing could be kept', async () => {
    const folder = temporaryDirectory();
    writeFileSync(join(folder, 'file'), '');
    const { said, code } = prove(join(folder, 'file', 'x'), '--only', 'seeds', '--seeds', '1');
    expect(await said).toMatch(/^prove: --folder: nothing can be kept in ".*": .*\n$/);
    expect(await code).toBe(2);
    writeFileSync(join(folder, 'proof.json'), 'what somebody wrote');
    expect(await prove(folder, '--only', 'seeds', '--seeds', '1').said).toMatch(
      /^prove: .*\/proof.json: not what npm run prove writes; take it away to begin anew\n$/,
    );
  });

  it('says of parts that keep nothing when they are stopped how to try them again', async () => {
    const folder = temporaryDirectory();
    const { child, said, code } = prove(folder, '--only=heap,seeds', '--from', '21', '--seeds=7');
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    expect((await said).split('\n').slice(-5)).toEqual([
      'heap: stopped',
      'nothing is kept of heap, seeds; again:',
      `npm run prove -- --only heap,seeds --folder ${folder} --from 21 --seeds 7`,
      'unknown; nothing was kept',
      '',
    ]);
    expect(await code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });

  it.each([
    [['--only', 'seed'], '--only: there is no part "seed"; the parts are '],
    [['--seeds', 'many'], '--seeds: must be a whole number from 1, not "many"'],
    [['--sedes', '5'], "Unknown option '--sedes'"],
  ])('refuses %j in one sentence', async (options, sentence) => {
    const folder = temporaryDirectory();
    const { said, code } = prove(folder, ...options);
    expect(await said).toContain(`prove: ${sentence}`);
    expect(await code).toBe(2);
    expect(readdirSync(folder)).toEqual([]);
  });
});
