/**
 * Many writers at once in one conversation: what stands, what stands with turns, and the log's newest entries in the
 * conversation's own item (`docs/decisions/the-commit.md`). On the real engine, behind trips of five milliseconds, a
 * partition's 1,000 write units a second and the conflicts of transactions. Interleaved, medians of three.
 * `npm run bench:contention`, with `-- 1` for one round instead of three.
 */
import { machine } from '../lambdas/adapters/world.ts';
import { startEngine } from '../test/support/engine.ts';
import { guestMessage, staffMessage } from './contention/proposals.ts';
import { Service } from './contention/service.ts';
import { storm, type Storm } from './contention/storm.ts';
import { unitsTable } from './contention/units.ts';
import { waysOn } from './contention/ways.ts';

const rounds = Number(process.argv[2] ?? 3);
const crowds = [1, 3, 10, 50, 120];
/** Messages that the conversation has before: with some, its newest have been cut at least once. */
const before = 12;

const kinds = {
  staff: (ref: Parameters<typeof staffMessage>[0]) => staffMessage(ref, before),
  notify: guestMessage,
};

const engine = await startEngine();
const service = new Service({ tripMilliseconds: 5, limited: true });
const { ways, stop } = await waysOn(engine.endpoint, service);

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

function row(kind: string, writers: number, way: string, storms: readonly Storm[]): string {
  const of = (value: (storm: Storm) => number) => median(storms.map(value));
  const perMessage = (value: (storm: Storm) => number) =>
    of((each) => value(each) / Math.max(1, each.stored)).toFixed(1);
  return [
    kind,
    writers,
    way,
    of(({ stored }) => stored),
    of(({ refused }) => refused),
    of(({ milliseconds }) => milliseconds).toFixed(0),
    perMessage(({ passed }) => passed.commits),
    perMessage(({ passed }) => passed.writeUnits),
    perMessage(({ passed }) => passed.readUnits),
    of(({ passed }) => passed.conflicts),
    of(({ passed }) => passed.throttles),
  ].join(' | ');
}

const print = (line: string) => void process.stdout.write(`${line}\n`);

print(await unitsTable());
print(
  '| kind | writers | way | stored | refused | ms until the last | commits tried per message | write units | read units | conflicts | throttles |',
);
print(`|${'---|'.repeat(11)}`);
for (const [kind, message] of Object.entries(kinds)) {
  for (const writers of crowds) {
    const storms = new Map<string, Storm[]>();
    for (let round = 0; round <= rounds; round++) {
      for (const way of ways) {
        const measured = await storm(way, service, { writers, message, before });
        // The first round warms all of them up.
        if (round > 0) storms.set(way.name, [...(storms.get(way.name) ?? []), measured]);
        await machine.sleep(50);
      }
    }
    for (const [name, all] of storms) print(`| ${row(kind, writers, name, all)} |`);
  }
}
stop();
await engine.stop();
