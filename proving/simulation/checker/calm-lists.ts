import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { belongs, hearsOf, listNameOf, standingOf } from './lists.ts';
import { grouped, rightsAt, type Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/* What a list must do at once while nothing goes wrong. */

/** L1 in a calm: whatever a list shows is in the order of the server, from the moment at which it shows it. */
export function* listedInOrder({ lines, calmFrom }: Model): Iterable<Violation> {
  if (calmFrom === undefined) return;
  const times = timesIn(lines);
  for (const line of lines) {
    const { f, others = [] } = line;
    if (f !== 'list' || line.i < calmFrom.i) continue;
    const shown = others.map((row) => times.get(stepOf(line, row)) ?? '');
    const at = shown.findIndex((time, index) => time > (shown[index - 1] ?? time));
    if (at < 0) continue;
    const [above, below] = [others[at - 1], others[at]].map((each) => `${each?.conv} at ${each?.head}`);
    yield violation('L1', `${line.client} lists ${above} above ${below}, which is newer`, line);
  }
}

/** By the server's clock, when each head of a conversation was written. */
function timesIn(lines: readonly Line[]): Map<string, string> {
  const standings = lines.filter(({ f }) => f === 'standing');
  return new Map(standings.map((line) => [stepOf(line, line), line.updatedAt ?? '']));
}

function stepOf({ hotel }: Pick<Line, 'hotel'>, { conv, head }: Pick<Line, 'conv' | 'head'>): string {
  return `${keyOf(hotel, conv)} ${head}`;
}

/** What the index orders by: one that is greater is shown above. */
function placeOf(times: ReadonlyMap<string, string>, at: Line, row: Pick<Line, 'conv' | 'head'>): string {
  return `${times.get(stepOf(at, row))} ${row.conv}`;
}

/** L1 in a calm: within seconds a list shows what has entered it or moved in it, and no more what has left it. */
export function* listedPromptly({ lines, connections, calmFrom }: Model): Iterable<Violation> {
  if (calmFrom === undefined) return;
  const end = lines.findLast(({ f }) => f === 'end')?.t ?? 0;
  const lists = grouped(
    lines.filter(({ f }) => f === 'list'),
    listNameOf,
  );
  const times = timesIn(lines);
  const standings = lines.filter(({ f, i }) => f === 'standing' && i > calmFrom.i);
  const moves = grouped(standings, ({ hotel, conv }) => keyOf(hotel, conv));
  for (const standing of standings) {
    const due = standing.t + promptMilliseconds;
    const again = moves.get(keyOf(standing.hotel, standing.conv)) ?? [];
    // What moves again is judged by where it is then.
    if (due > end || again.some(({ i, t }) => i > standing.i && t <= due)) continue;
    for (const list of lists.values()) {
      const shown = list.findLast(({ t }) => t <= due);
      if (shown === undefined) continue;
      const wrong = wrongWith(shown, standing);
      if (wrong === undefined) continue;
      const last = shown.complete === false ? shown.others?.at(-1) : undefined;
      // From one that goes on all may have left: what is below has to be read.
      if (shown.complete === false && last === undefined && due - shown.t < refillMilliseconds) continue;
      // What is below the end of a list that goes on is not shown.
      if (last !== undefined && placeOf(times, shown, last) > placeOf(times, standing, standing)) continue;
      const hears = [standing, shown].every(({ i }) =>
        hearsOf(rightsAt(connections, lines, Math.max(i, standing.i)).get(shown.client ?? ''), shown),
      );
      if (hears) yield violation('L1', wrong, standing, shown);
    }
  }
}

/** As long as messages have; a list that has to be read first is read after a second. */
const promptMilliseconds = 3500;

/** A second's wait, and the reading. */
const refillMilliseconds = 2500;

/** What is wrong with a list after a conversation has moved; undefined when nothing is, or the list is not read yet. */
function wrongWith(shown: Line, standing: Line): string | undefined {
  if (shown.type === 'invoke' || shown.others === undefined || shown.hotel !== standing.hotel)
    return undefined;
  const { conv, head = 0 } = standing;
  const row = shown.others.find((each) => each.conv === conv);
  const name = `the list of ${shown.department} of ${shown.client}`;
  if (belongs(shown, standingOf(standing))) {
    return row !== undefined && row.head >= head ? undefined : `${name} does not show ${conv} at ${head}`;
  }
  return row === undefined || row.head > head ? undefined : `${name} still shows ${conv}`;
}
