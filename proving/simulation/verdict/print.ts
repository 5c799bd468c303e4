import type { Violation } from '../checker/violation.ts';
import type { Line } from '../history/history.ts';
import type { Tally } from './tally.ts';

/** One line that says it all. `subject`: what was tried; `commit`: of what. */
export function verdictLine(tally: Tally, subject: string, commit: string): string {
  const wrong = [...tally.words].map(([word, times]) => `${word} ${times}`).join(' ');
  return [
    `verdict ${tally.colour}`,
    subject,
    `operations attempted ${tally.count('attempted')} ok ${tally.count('ok')} info ${tally.count('info')} fail ${tally.count('fail')}`,
    `deliveries ${tally.count('deliveries')}`,
    wrong,
    `rotations ${tally.count('rotations')}`,
    ...(tally.demands.ceilings === undefined ? [] : costsIn(tally)),
    `commit ${commit}`,
  ].join(' | ');
}

function costsIn({ costs, deliveriesPerCoreSecond }: Tally): string[] {
  const { postsPerDelivery, writeUnitsPerMessage, readUnitsPerMessage } = costs;
  return [
    `posts per delivery ${postsPerDelivery.toFixed(2)}`,
    `units per message ${writeUnitsPerMessage.toFixed(1)} write ${readUnitsPerMessage.toFixed(1)} read`,
    `deliveries per core-second ${deliveriesPerCoreSecond}`,
  ];
}

/** Seeds as what was tried; `range`: which. */
export function seedsTried({ seeds }: Tally, range: string): string {
  return `${seeds} seeds (${range})`;
}

/** How often each fault came about, and what was too rare. */
export function faultLines(tally: Tally): string[] {
  const counts = [...tally.faults].map(([kind, times]) => `${String(times).padStart(9)}  ${kind}`);
  const { vacuous, tooDear } = tally;
  return [
    ...counts,
    ...(vacuous.length === 0 ? [] : [`too rare for a verdict: ${vacuous.join(', ')}`]),
    ...(tooDear.length === 0 ? [] : [`too dear: ${tooDear.join(', ')}`]),
  ];
}

const mostLines = 40;

/** The part of a history that shows a violation: its own lines, and what else touched the same entry or connection. */
export function sliceOf(history: readonly Line[], { lines }: Violation): readonly Line[] {
  const [own, last] = [new Set(lines.map(({ i }) => i)), Math.max(...lines.map(({ i }) => i))];
  const seqs = new Set(lines.map(({ conv, seq }) => (seq === undefined ? '' : `${conv} ${seq}`)));
  const bodies = new Set(lines.map(({ bodyHash }) => bodyHash));
  const rows = new Set(lines.filter(({ f }) => f === 'row' || f === 'scanRow').map(({ conn }) => conn));
  const related = history.filter(
    ({ i, f, conv, seq, bodyHash, conn }) =>
      own.has(i) ||
      (i <= last &&
        f !== 'frame' &&
        bodyHash !== undefined &&
        bodies.has(bodyHash) &&
        seqs.has(`${conv} ${seq}`)) ||
      (i <= last && f !== 'frame' && conn !== undefined && rows.has(conn)),
  );
  return related.length <= mostLines ? related : related.filter(({ i }) => own.has(i)).slice(0, mostLines);
}

export function repeatCommand(seed: number): string {
  return `npm run simulate -- --seeds 1 --from ${seed} --history history.jsonl`;
}
