import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { plantedBugs } from '../bugs/all.ts';
import { hunt, median } from '../bugs/hunt.ts';
import { measureHeap } from '../heap.ts';
import { outsideMicrotasks } from '../kernel/microtasks.ts';
import { faultLines, repeatCommand, verdictLine } from '../verdict/print.ts';
import { Tally } from '../verdict/tally.ts';
import { tryAll } from './workers.ts';

/*
 * npm run prove -- [--seeds N] [--from S] [--workers W] [--messages M] [--report FILE]
 *
 * What takes hours: many seeds, every planted bug, and the heap over many messages. Says how far it is, and writes its
 * report. Ends with 0 only if everything is as it should be.
 */

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '100000' },
    from: { type: 'string', default: '1' },
    workers: { type: 'string', default: '2' },
    messages: { type: 'string', default: '1000000' },
    report: { type: 'string', default: 'docs/proof.md' },
  },
});

const started = Date.now();
const report: string[] = [];
let good = true;
let lastSaid = 0;

const say = (text: string): void => void process.stdout.write(`${text}\n`);
const sayNowAndThen = (text: () => string): void => {
  if (Date.now() - lastSaid < 10_000) return;
  lastSaid = Date.now();
  say(`${Math.round((lastSaid - started) / 1000)} s: ${text()}`);
};

await proveSeeds(Number(values.seeds), Number(values.from));
await proveBugs();
await proveHeap(Number(values.messages));
writeFileSync(values.report, `${header()}\n${report.join('\n')}\n`);
say(`${good ? 'all as it should be' : 'NOT all as it should be'}; report in ${values.report}`);
process.exitCode = good ? 0 : 1;

async function proveSeeds(seeds: number, from: number): Promise<void> {
  const tally = new Tally();
  await tryAll({
    from,
    seeds,
    workers: Number(values.workers),
    tally,
    progress() {
      sayNowAndThen(
        () =>
          `${tally.seeds} of ${seeds} seeds, ${tally.count('deliveries')} deliveries, ${tally.red.length} red`,
      );
      return false;
    },
  });
  const line = verdictLine(tally, `${from} to ${from + seeds - 1}`, commit());
  say(line);
  report.push('## Seeds', '', ...line.split(' | ').map((part) => `- ${part}`), '');
  report.push('How often each fault came about:', '', '```', ...faultLines(tally), '```', '');
  for (const { seed, violations } of tally.red.slice(0, 20)) {
    report.push(`- red: ${repeatCommand(seed)}: ${violations[0]?.invariant} ${violations[0]?.message}`);
  }
  good &&= tally.colour === 'green';
}

async function proveBugs(): Promise<void> {
  const rows: string[] = [];
  const operations: number[] = [];
  for (const planted of plantedBugs) {
    sayNowAndThen(() => `planted bug: ${planted.name}`);
    const found = await outsideMicrotasks(() => hunt(planted, 200));
    if (found) operations.push(found.operations);
    rows.push(
      found
        ? `| ${planted.name} | ${found.invariant} | ${found.seeds} | ${found.operations} |`
        : `| ${planted.name} | not found | | |`,
    );
  }
  const caught = `${operations.length} of ${plantedBugs.length} caught, after a median of ${median(operations)} operations`;
  say(`planted bugs: ${caught}`);
  report.push('## Planted bugs', '', `${caught}.`, '', '| the system | seen by | seeds | operations |');
  report.push('|---|---|---|---|', ...rows, '');
  good &&= operations.length === plantedBugs.length;
}

/** L4: the heap of the last quarter is within a tenth of that of the second. */
async function proveHeap(messages: number): Promise<void> {
  const { quarters } = await measureHeap(messages, (done) =>
    sayNowAndThen(() => `${done} of ${messages} messages for the heap`),
  );
  const megabytes = quarters.map((bytes) => (bytes / 2 ** 20).toFixed(1));
  const [, second = 0, , last = 0] = quarters;
  const steady = last <= second * 1.1;
  const line = `heap over ${messages} messages, by quarters: ${megabytes.join(', ')} MB, ${steady ? 'steady' : 'GROWING'}`;
  say(line);
  report.push('## Heap', '', `${line}.`, '');
  good &&= steady;
}

function header(): string {
  const took = Math.round((Date.now() - started) / 60_000);
  return `# Proof\n\nWritten by \`npm run prove\`, Node ${process.version}, commit ${commit()}, in ${took} minutes.\n`;
}

function commit(): string {
  return execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
}
