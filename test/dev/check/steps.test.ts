import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runSteps, type Step } from '../../../dev/check/steps.ts';

const cwd = import.meta.dirname;

function step(name: string, code: string): Step {
  return { name, cwd, command: [process.execPath, '-e', code] };
}

async function run(...steps: readonly Step[]): Promise<{ code: number; printed: string }> {
  let printed = '';
  const code = await runSteps(steps, (text) => void (printed += text));
  return { code, printed: printed.replaceAll(/\d+\.\d s/g, 'N s') };
}

it('runs each step and ends with 0, the seconds of each and the total', async () => {
  const { code, printed } = await run(step('first', ''), step('second', ''));
  expect(code).toBe(0);
  expect(printed).toMatch(/^\n== first\n\n== second\n\n +N s {2}first\n +N s {2}second\n +N s {2}total\n$/);
});

it("ends with the first failure's exit code, and runs nothing after it", async () => {
  const steps = [step('first', ''), step('second', 'process.exit(3)'), step('third', '')];
  const { code, printed } = await run(...steps);
  expect(code).toBe(3);
  expect(printed).toMatch(/N s {2}second {2}failed with exit code 3\n +N s {2}total\n$/);
  expect(printed).not.toContain('third');
});

it('counts a signal and a program that is not there as shells do', async () => {
  expect(
    await run(step('killed', "process.kill(process.pid, 'SIGKILL'); setTimeout(() => {}, 60_000)")),
  ).toMatchObject({ code: 137 });
  expect(await run({ name: 'absent', cwd, command: ['no-such-program-anywhere'] })).toMatchObject({
    code: 127,
  });
});

it('is what .ci/run ends with, after it has installed the dependencies', () => {
  const lines = readFileSync(join(cwd, '../../../.ci/run'), 'utf8').trim().split('\n');
  expect(lines.slice(-2)).toEqual(['npm ci --no-fund --no-audit', 'exec npm run --silent check']);
});
