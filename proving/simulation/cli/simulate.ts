import { closeSync, openSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fingerprint, jsonLines } from '../history/history.ts';
import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { trySeed } from '../verdict/outcome.ts';
import { faultLines, repeatCommand, seedsTried, sliceOf, verdictLine } from '../verdict/print.ts';
import { Tally, type Colour } from '../verdict/tally.ts';
import { commit } from './commit.ts';
import { wholeNumber } from './options.ts';
import { tryAll } from './workers.ts';

/*
 * npm run simulate -- --seeds N [--from S] [--workers W] [--history FILE]
 *
 * Tries N seeds and says what came of it. With one seed, its history can be written to a file. Ends with 0 for green,
 * 1 for red, 2 for unknown: too little has happened, as in less than about a thousand seeds, or nothing could be tried.
 */

interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly history: string | undefined;
}

const exitCodes = { green: 0, red: 1, unknown: 2 } as const;
const progressMilliseconds = 5000;
const mostShown = 3;

const say = (text: string): void => void process.stdout.write(`${text}\n`);

try {
  process.exitCode = exitCodes[await simulate(readOptions(process.argv.slice(2)))];
} catch (error) {
  process.stderr.write(`simulate: ${messageOf(error)}\n`);
  process.exitCode = exitCodes.unknown;
}

function readOptions(argv: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      seeds: { type: 'string', default: '1000' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      history: { type: 'string' },
    },
  });
  const seeds = wholeNumber('seeds', values.seeds);
  const from = wholeNumber('from', values.from);
  const workers = Math.min(seeds, wholeNumber('workers', values.workers));
  if (values.history !== undefined) checkWritable(values.history);
  return { seeds, from, workers, history: values.history };
}

async function simulate({ seeds, from, workers, history }: Options): Promise<Colour> {
  const tally = new Tally();
  await tryAll({ from, seeds, workers, tally, progress: nowAndThen(tally, seeds) });
  for (const { seed } of tally.red.slice(0, mostShown)) await show(seed);
  if (tally.red.length > 0) say(`red seeds: ${tally.red.map(({ seed }) => seed).join(', ')}`);
  if (history !== undefined) await write(from, history);
  for (const line of faultLines(tally)) say(line);
  say(verdictLine(tally, seedsTried(tally, `${from} to ${from + seeds - 1}`), commit()));
  return tally.colour;
}

function nowAndThen(tally: Tally, seeds: number): () => void {
  let lastSaid = 0;
  return () => {
    const now = Date.now();
    if (now - lastSaid <= progressMilliseconds) return;
    lastSaid = now;
    const deliveries = tally.count('deliveries');
    say(`${tally.seeds} of ${seeds} seeds, ${deliveries} deliveries, ${tally.red.length} red`);
  };
}

/** Before hours of work, and not after them. */
function checkWritable(file: string): void {
  try {
    closeSync(openSync(file, 'a'));
  } catch (error) {
    throw new Error(`--history: "${file}" cannot be written: ${messageOf(error)}`, { cause: error });
  }
}

/** A red seed again, with the lines that show why. */
async function show(seed: number): Promise<void> {
  const { run, violations } = await outsideMicrotasks(() => trySeed(seed));
  for (const violation of violations.slice(0, mostShown)) {
    say(`\nseed ${seed}: ${violation.invariant} ${violation.message}`);
    process.stdout.write(jsonLines(sliceOf(run.history, violation)));
  }
  say(`again: ${repeatCommand(seed)}`);
}

async function write(seed: number, file: string): Promise<void> {
  const { run } = await outsideMicrotasks(() => trySeed(seed));
  writeFileSync(file, jsonLines(run.history));
  say(`seed ${seed}: ${run.history.length} lines in ${file}, sha256 ${fingerprint(run.history)}`);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
