import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../../local/test/support/temporary-directory.ts';

function simulate(...options: readonly string[]) {
  const command = ['run', '--silent', 'simulate', '--', ...options];
  const { status, stdout, stderr } = spawnSync('npm', command, { encoding: 'utf8' });
  // npm may have something to say of its own settings.
  return { status, stdout, stderr: stderr.replace(/^npm warn .*\n/gm, '') };
}

// Each starts npm, the command and its workers, on a machine as busy as it may be.
describe('npm run simulate', { timeout: 120_000 }, () => {
  it('says what came of a few seeds, writes a history, and knows that they were too few', () => {
    const file = join(temporaryDirectory(), 'history.jsonl');
    const { status, stdout, stderr } = simulate('--seeds', '2', '--from', '11', '--history', file);
    expect(stdout).toMatch(/^verdict unknown \| 2 seeds \(11 to 12\) \| /m);
    expect(readFileSync(file, 'utf8')).toMatch(/^\{.*\}\n$/s);
    expect([status, stderr]).toEqual([2, '']);
  });

  it.each([
    [['--seeds', 'x'], '--seeds: must be a whole number from 1, not "x"'],
    [['--workers', '0'], '--workers: must be a whole number from 1, not "0"'],
    [['--sedes', '5'], "Unknown option '--sedes'"],
    [['--history', '/there/is/none'], '--history: "/there/is/none" cannot be written: ENOENT'],
  ])('refuses %j in one sentence, before it tries anything', (options, sentence) => {
    const { status, stdout, stderr } = simulate(...options);
    expect(stderr.startsWith(`simulate: ${sentence}`), stderr).toBe(true);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    expect([status, stdout]).toEqual([2, '']);
    expect(existsSync('/there')).toBe(false);
  });
});
