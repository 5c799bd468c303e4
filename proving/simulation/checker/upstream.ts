import type { Line } from '../history/history.ts';
import { worstSkew } from '../lambda/fleet.ts';
import { keyOf } from './key-of.ts';
import { grouped, type Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** How far the clocks of two functions may be apart, and how long a decision may be on its way to the table. */
const usualError = 60_000;

/** S6, for upstream: no closing that happened before a guest's message or edit comes after it, and hides it. */
export function* nothingHidden({ conversations, operations, lines }: Model): Iterable<Violation> {
  const wrongClocks = lines.some(({ f, kind }) => f === 'fault' && kind === 'F16 clock wrong');
  const error = usualError + (wrongClocks ? 2 * worstSkew : 0);
  const closings = new Map<string, Line>();
  for (const { invoked } of operations) {
    const { kind, hotel, conv, msgId, age } = invoked;
    if (kind !== 'conversation.closed' || age === undefined) continue;
    closings.set(`${keyOf(hotel, conv)} ${msgId}`, invoked);
  }
  for (const { key, storedAt } of conversations.values()) {
    let newest: Line | undefined;
    for (const [, entry] of [...storedAt].toSorted(([one], [other]) => one - other)) {
      if (entry.user?.startsWith('guest ') && entry.kind !== 'deleted') newest = entry;
      const closing = entry.kind === 'closed' ? closings.get(`${key} ${entry.msgId}`) : undefined;
      if (closing === undefined || newest === undefined) continue;
      if (happenedAt(closing) < newest.t - error) {
        yield violation(
          'S6',
          `in ${key}, a closing hides the guest's newer ${newest.seq}`,
          newest,
          closing,
          entry,
        );
      }
    }
  }
}

function happenedAt({ t, age = 0 }: Line): number {
  return t - age;
}

/** S10, for upstream: one event id for two things: one is done, the other is refused, whatever either has stored. */
export function* oneThingPerEventId({ operations }: Model): Iterable<Violation> {
  const done = operations.filter(
    ({ invoked, ended }) => invoked.wanted !== undefined && ended?.type === 'ok',
  );
  const groups = grouped(done, ({ invoked: { hotel, conv, msgId } }) => `${keyOf(hotel, conv)} ${msgId}`);
  for (const [key, same] of groups) {
    const [first] = same;
    const other = same.find(({ invoked }) => invoked.wanted !== first?.invoked.wanted);
    if (first && other) yield violation('S10', `${key} was taken for two things`, first.ended, other.ended);
  }
}

/** X: nothing that a guest sends is refused for what it is. */
export function* nothingRefused({ operations }: Model): Iterable<Violation> {
  for (const { invoked, ended } of operations) {
    if (invoked.f === 'notify' && ended?.err === 'BAD_REQUEST')
      yield violation('X', `an event was refused for its content`, invoked, ended);
  }
}
