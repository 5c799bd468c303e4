import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';

/** The folders with code, as in `tsconfig.json`. */
export const folders = [
  'bin',
  'lib',
  'lambdas',
  'protocol',
  'client',
  'local',
  'dev',
  'bench',
  'test',
  'proving',
] as const;

export interface FunctionSize {
  /** From the root of the repository. */
  readonly file: string;
  /** Where it begins, from 1. */
  readonly line: number;
  /** As the linter counts for `max-lines-per-function`, with blank lines and comments. */
  readonly lines: number;
  /** Whether it is the body of a `describe`, or a function that only holds some: a list of tests, of any length. */
  readonly listOfTests: boolean;
}

const report = v.object({
  diagnostics: v.array(
    v.object({
      message: v.string(),
      filename: v.string(),
      labels: v.tupleWithRest([v.object({ span: v.object({ line: v.number() }) })], v.unknown()),
    }),
  ),
});

/**
 * Every function of more than one line under these paths, in no order. The linter measures them: it is told that every
 * function is too long.
 */
export async function measure(root: string, paths: readonly string[]): Promise<FunctionSize[]> {
  const { diagnostics } = v.parse(report, JSON.parse(await lint(root, paths)));
  const files = new Set(diagnostics.map(({ filename }) => filename));
  const sources = new Map(
    await Promise.all(
      [...files].map(async (file) => [file, (await readFile(join(root, file), 'utf8')).split('\n')] as const),
    ),
  );
  return diagnostics
    .map(({ message, filename: file, labels: [{ span }] }) => ({
      file,
      line: span.line,
      lines: linesIn(message),
      listOfTests: /\bdescribe\w*\(/.test(sources.get(file)?.[span.line - 1] ?? ''),
    }))
    .filter(({ lines }) => lines > 1);
}

function linesIn(message: string): number {
  const lines = /too many lines \((\d+)\)/.exec(message)?.[1];
  if (lines === undefined)
    throw new Error(`oxlint says something else than the length of a function: ${message}`);
  return Number(lines);
}

/** Ends with 1 for what it finds, which is what is asked for; anything that is no report is seen by the parser. */
function lint(root: string, paths: readonly string[]): Promise<string> {
  const config = join(import.meta.dirname, 'oxlintrc.json');
  const oxlint = join(import.meta.dirname, '../../node_modules/oxlint/bin/oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [oxlint, '--config', config, '--format', 'json', ...paths],
      { cwd: root, maxBuffer: Number.POSITIVE_INFINITY },
      (error, stdout) => {
        if (stdout === '' && error !== null) reject(error);
        else resolve(stdout);
      },
    );
  });
}
