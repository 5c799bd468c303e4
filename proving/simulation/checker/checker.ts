import type { Line } from '../history/history.ts';
import { listedInOrder, listedPromptly } from './calm-lists.ts';
import { foundByHeartbeat, healed, noGap, prompt, shownAsStored } from './displays.ts';
import { confidential, sameOnTheWire, silentAfterUnsubscribe, toldByWhoMaySee } from './frames.ts';
import { listedAsStored, listedByHeartbeat } from './lists.ts';
import { nobodyStuck, nothingUnforeseen } from './liveness.ts';
import { modelOf, type Model } from './model.ts';
import {
  deadAreGone,
  nobodyForgotten,
  noneDeletedWhileOpening,
  noResurrection,
  withinLimits,
} from './rows.ts';
import {
  noAcknowledgedLoss,
  noPhantom,
  oneTextPerKey,
  realTimeOrder,
  storedOnce,
  withoutHole,
} from './storage.ts';
import { nothingHidden, nothingRefused, oneThingPerEventId } from './upstream.ts';
import type { Violation } from './violation.ts';

const checks: readonly ((model: Model) => Iterable<Violation>)[] = [
  noAcknowledgedLoss,
  noPhantom,
  storedOnce,
  withoutHole,
  shownAsStored,
  noGap,
  sameOnTheWire,
  realTimeOrder,
  confidential,
  toldByWhoMaySee,
  silentAfterUnsubscribe,
  noResurrection,
  nobodyForgotten,
  noneDeletedWhileOpening,
  oneTextPerKey,
  nothingHidden,
  oneThingPerEventId,
  nothingRefused,
  foundByHeartbeat,
  healed,
  listedByHeartbeat,
  listedAsStored,
  prompt,
  listedInOrder,
  listedPromptly,
  deadAreGone,
  withinLimits,
  nobodyStuck,
  nothingUnforeseen,
];

/** Everything that is wrong with a history, in the order in which it went wrong. */
export function check(lines: readonly Line[]): Violation[] {
  const model = modelOf(lines);
  const found = checks.flatMap((each) => [...each(model)]);
  return found.toSorted((one, other) => (one.lines.at(-1)?.i ?? 0) - (other.lines.at(-1)?.i ?? 0));
}

/** What a history does not hold enough for, in words: its invariants cannot be seen broken. */
export function notJudged(lines: readonly Line[]): string[] {
  const has = (wanted: (line: Line) => boolean): boolean => lines.some(wanted);
  return [
    ...(has(({ f }) => f === 'row') ? [] : ['S9: that no row comes back, and none goes while it opens']),
    ...(has(({ f }) => f === 'stored')
      ? []
      : [
          'S6: that no closing hides what a guest wrote',
          'S7: moments are known to lie between asking and seeing',
        ]),
    ...(has(({ f, kind }) => f === 'faultsOff' && kind === 'calm') ? [] : ['L1: that a calm is prompt']),
  ];
}
