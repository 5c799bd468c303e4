import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Findings, Trial } from './part.ts';

const script = fileURLToPath(new URL('../soak/cli.ts', import.meta.url));
const colours = ['green', 'red', 'unknown'] as const;

/** `npm run soak` as a process of its own; its lines are told as they come. */
export async function soak({ options, signal, say }: Trial): Promise<Findings> {
  const parameters = ['--minutes', String(options.minutes), '--clients', String(options.clients)];
  const child = spawn(process.execPath, ['--no-warnings', '--import', 'tsx', script, ...parameters], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const stop = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop, { once: true });
  const exited = once(child, 'exit').then(([code]: unknown[]) => code);
  const lines: string[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    lines.push(line);
    say(`soak: ${line}`);
  }
  const code = await exited;
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  return findingsOf(lines, code);
}

/** What its lines and its exit code say. */
export function findingsOf(lines: readonly string[], code: unknown): Findings {
  const colour = colours[Number(code ?? -1)];
  const verdict = lines.findLast((line) => line.startsWith('verdict '));
  if (colour === undefined || verdict === undefined)
    throw new Error(`it ended with ${String(code)} and no verdict`);
  return {
    colour,
    verdict: verdict.split(' | ').slice(1).join('; '),
    findings: lines.filter((line) =>
      /^(?:[SL]\d+|X|too rare for a verdict:|too dear:|not judged here:) /.test(line),
    ),
    table: { head: ['times', 'fault'], rows: lines.flatMap(faultRow) },
  };
}

function faultRow(line: string): string[][] {
  const [, times, fault] = /^ *(\d+) {2}(\S.*)$/.exec(line) ?? [];
  return times === undefined || fault === undefined ? [] : [[times, fault]];
}
