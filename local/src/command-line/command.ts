/** What a command says and how it ends; the only place that touches the process's own streams. */

import { Refusal } from '../refusal.ts';
import { systemCode } from '../system-code.ts';
import { visible } from './printable.ts';
import { shortageOf } from './shortage.ts';

/** The command line cannot be understood: one sentence that says what would be right. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Control characters of what is written are shown and not obeyed, wherever the text comes from. */
export interface Terminal {
  /** A line for whoever uses the result (stdout). */
  print(line: string): void;
  /** A line for whoever watches (stderr). */
  note(line: string): void;
}

const terminal: Terminal = {
  print: (line) => void process.stdout.write(`${visible(line)}\n`),
  note: (line) => void process.stderr.write(`${visible(line)}\n`),
};

/** Switches off the AWS SDK's notice about older versions of Node, which each process would print. */
export const sdkNotice = { name: 'AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED', off: 'true' } as const;

/** Runs a command to its exit code; an error is told on stderr. */
export async function runCommand(
  command: (argv: readonly string[], terminal: Terminal) => Promise<number>,
  argv: readonly string[],
): Promise<void> {
  // Whoever read the output may be gone (`| head`); that must not end a command that has things to stop.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);
  process.env[sdkNotice.name] ??= sdkNotice.off;
  try {
    process.exitCode = await command(argv, terminal);
  } catch (error) {
    terminal.note(explain(error));
    process.exitCode = error instanceof UsageError ? 2 : 1;
  }
}

/** One sentence for a refusal or a shortage of the machine; the stack of a fault, for whoever mends it. */
export function explain(error: unknown): string {
  if (error instanceof UsageError || error instanceof Refusal) return error.message;
  const shortage = shortageOf(systemCode(error));
  if (shortage !== undefined && error instanceof Error) return `${shortage} (${error.message})`;
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
