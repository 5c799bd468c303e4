import { spawn } from 'node:child_process';
import { constants } from 'node:os';

export interface Step {
  readonly name: string;
  /** A program and its arguments; what it prints is shown as it comes. */
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
}

/**
 * Runs one step after the other up to the first that fails, then prints the seconds of each. Resolves to the exit code of
 * the one that failed, or to 0. What asks this process to end (SIGINT, SIGTERM) ends the step, and so counts as its failure.
 */
export async function runSteps(steps: readonly Step[], print: (text: string) => void): Promise<number> {
  const lines: string[] = [];
  const begun = performance.now();
  let code = 0;
  for (const step of steps) {
    print(`\n== ${step.name}\n`);
    const before = performance.now();
    code = await exitCodeOf(step);
    lines.push(line(step.name, before, code === 0 ? '' : `  failed with exit code ${code}`));
    if (code !== 0) break;
  }
  print(`\n${lines.join('\n')}\n${line('total', begun, '')}\n`);
  return code;
}

function line(name: string, since: number, end: string): string {
  return `${((performance.now() - since) / 1000).toFixed(1).padStart(8)} s  ${name}${end}`;
}

/** 127 when the program cannot be started, and 128 and the signal's number when one ended it: as shells count. */
function exitCodeOf({ command: [program, ...args], cwd }: Step): Promise<number> {
  return new Promise((resolve) => {
    // On Windows npm is a script, which only a shell starts.
    const child = spawn(program, args, { cwd, stdio: 'inherit', shell: process.platform === 'win32' });
    const endIt = (signal: NodeJS.Signals) => void child.kill(signal);
    const stop = (code: number) => {
      process.off('SIGINT', endIt).off('SIGTERM', endIt);
      resolve(code);
    };
    process.on('SIGINT', endIt).on('SIGTERM', endIt);
    child.once('error', () => stop(127));
    child.once('close', (code, signal) =>
      stop(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  });
}
