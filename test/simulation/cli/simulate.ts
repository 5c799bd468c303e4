import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { fingerprint, jsonLines } from '../history/history.ts';
import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { trySeed } from '../verdict/outcome.ts';
import { faultLines, repeatCommand, seedsTried, sliceOf, verdictLine } from '../verdict/print.ts';
import { Tally } from '../verdict/tally.ts';
import { commit } from './commit.ts';
import { wholeNumber } from './options.ts';
import { tryAll } from './workers.ts';

/*
 * npm run simulate -- --seeds N [--from S] [--workers W] [--history FILE]
 *
 * Tries N seeds and says what came of it. With one seed, its history can be written to a file. Ends with 0 for green,
 * 1 for red, 2 for unknown.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    history: { type: 'string' },
  },
});

const seeds = wholeNumber('seeds', values.seeds);
const from = wholeNumber('from', values.from);
const tally = new Tally();
const say = (text: string): void => void process.stdout.write(`${text}\n`);

let lastSaid = 0;
await tryAll({
  from,
  seeds,
  workers: Math.min(seeds, wholeNumber('workers', values.workers)),
  tally,
  progress() {
    const now = Date.now();
    if (now - lastSaid > 5000) {
      lastSaid = now;
      say(
        `${tally.seeds} of ${seeds} seeds, ${tally.count('deliveries')} deliveries, ${tally.red.length} red`,
      );
    }
  },
});

for (const { seed } of tally.red.slice(0, 3)) await show(seed);
if (tally.red.length > 0) say(`red seeds: ${tally.red.map(({ seed }) => seed).join(', ')}`);
if (values.history !== undefined) await write(values.history);
for (const line of faultLines(tally)) say(line);
say(verdictLine(tally, seedsTried(tally, `${from} to ${from + seeds - 1}`), commit()));
process.exitCode = { green: 0, red: 1, unknown: 2 }[tally.colour];

/** A red seed again, with the lines that show why. */
async function show(seed: number): Promise<void> {
  const { run, violations } = await outsideMicrotasks(() => trySeed(seed));
  for (const violation of violations.slice(0, 3)) {
    say(`\nseed ${seed}: ${violation.invariant} ${violation.message}`);
    process.stdout.write(jsonLines(sliceOf(run.history, violation)));
  }
  say(`again: ${repeatCommand(seed)}`);
}

async function write(file: string): Promise<void> {
  const { run } = await outsideMicrotasks(() => trySeed(from));
  writeFileSync(file, jsonLines(run.history));
  say(`seed ${from}: ${run.history.length} lines in ${file}, sha256 ${fingerprint(run.history)}`);
}
