import type { Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** L3: every operation has an end, and everyone is connected again, with nothing waiting. */
export function* nobodyStuck({ operations, lines }: Model): Iterable<Violation> {
  for (const { invoked, ended } of operations) {
    if (ended === undefined)
      yield violation('L3', `${invoked.f} in ${invoked.hotel} ${invoked.conv} never ended`, invoked);
  }
  for (const line of lines) {
    if (line.f !== 'state') continue;
    if (line.err !== 'online')
      yield violation('L3', `${line.client} is ${line.err} although nothing is the matter`, line);
    if ((line.count ?? 0) > 0)
      yield violation('L3', `${line.count} operations of ${line.client} still wait`, line);
  }
}

/** Why a list may end: it was closed, or the department is none of this user's. */
const endsOfLists = new Set([undefined, 'closed', 'NOT_FOUND']);

/** X: faults of ours that no decision foresaw, frames that are too large, timers that are left, lists that ended. */
export function* nothingUnforeseen({ lines }: Model): Iterable<Violation> {
  for (const line of lines) {
    if (line.f === 'unforeseen') yield violation('X', line.err ?? '', line);
    if (line.f === 'list' && !endsOfLists.has(line.err))
      yield violation('X', `the list of ${line.department} ended with ${line.err}`, line);
  }
}
