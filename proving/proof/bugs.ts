import { plantedBugs } from '../simulation/bugs/all.ts';
import { hunt } from '../simulation/bugs/hunt.ts';
import type { Findings, Trial } from './part.ts';

const mostSeeds = 200;

/** Every planted bug, and after how many operations the checker sees it. */
export async function huntAll({ signal, progress }: Trial): Promise<Findings> {
  const operations: number[] = [];
  const findings: string[] = [];
  const rows: string[][] = [];
  for (const [index, planted] of plantedBugs.entries()) {
    progress(() => `planted bug ${index + 1} of ${plantedBugs.length}: ${planted.name}`);
    const found = await hunt(planted, mostSeeds, signal);
    if (found === undefined) findings.push(`not seen in ${mostSeeds} seeds: a system that ${planted.name}`);
    else {
      operations.push(found.operations);
      rows.push([planted.name, found.invariant, String(found.seeds), String(found.operations)]);
    }
  }
  const middle = operations.toSorted((one, other) => one - other)[Math.floor(operations.length / 2)] ?? 0;
  return {
    colour: findings.length === 0 ? 'green' : 'red',
    verdict: `${operations.length} of ${plantedBugs.length} caught, after a median of ${middle} operations and at most ${Math.max(0, ...operations)}`,
    findings,
    table: { head: ['a system that', 'seen by', 'seeds', 'operations'], rows },
  };
}
