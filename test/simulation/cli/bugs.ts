import { plantedBugs } from '../bugs/all.ts';
import { hunt, median } from '../bugs/hunt.ts';
import { outsideMicrotasks } from '../kernel/microtasks.ts';

/* npm run simulate:bugs: hunts every planted bug and says after how many operations it was seen. */

const mostSeeds = 100;
const counts: number[] = [];
for (const planted of plantedBugs) {
  const started = process.cpuUsage().user;
  const found = await outsideMicrotasks(() => hunt(planted, mostSeeds));
  const ms = Math.round((process.cpuUsage().user - started) / 1000);
  process.stdout.write(
    found
      ? `${found.invariant.padEnd(3)} seed ${found.seeds}, operation ${found.operations}: ${planted.name} (${found.message}) ${ms} ms\n`
      : `NOT FOUND in ${mostSeeds} seeds: ${planted.name} ${ms} ms\n`,
  );
  if (found) counts.push(found.operations);
}
process.stdout.write(
  `${counts.length} of ${plantedBugs.length} planted bugs caught, after a median of ${median(counts)} operations, at most ${Math.max(...counts)}\n`,
);
process.exitCode = counts.length === plantedBugs.length ? 0 : 1;
