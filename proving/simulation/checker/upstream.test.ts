import { describe, expect, it } from 'vitest';
import type { Facts } from '../history/history.ts';
import { hash } from '../kernel/random.ts';
import { check } from './checker.ts';
import { head, history, scanned, stored } from './lines.ts';

/* Histories of upstream events that are wrong in one way each, and the same ones without the fault. */

const minute = 60_000;
const base = { hotel: 'grand', conv: 'talk', bodyHash: hash('') };

function invoked(op: number, given: Partial<Facts>): Facts {
  return { ...base, type: 'invoke', f: 'notify', op, ...given };
}

/** Begun and answered. */
function notified(op: number, given: Partial<Facts>, end: Partial<Facts> = {}): Facts[] {
  return [invoked(op, given), { ...invoked(op, given), type: 'ok', ...end }];
}

const message = { kind: 'message.received', msgId: 'm1', bodyHash: hash('a') };
const written = [...notified(1, message, { seq: 1 }), stored(1, 'a', { user: 'guest g' })];
const closing = (age?: number): Partial<Facts> => ({
  kind: 'conversation.closed',
  msgId: 'e1',
  wanted: 'conversation.closed',
  ...(age === undefined ? {} : { age }),
});
const closed = { kind: 'closed', msgId: 'e1', user: 'system upstream' };
const closedAfter = (age?: number): Facts[] => [
  ...written,
  ...notified(2, closing(age), { seq: 2 }),
  stored(2, '', closed),
  head(2),
  scanned(1, 'a', { user: 'guest g' }),
  scanned(2, '', closed),
];

const invariantsIn = (facts: readonly Facts[]) => check(history(...facts)).map(({ invariant }) => invariant);

describe('a closing by upstream', () => {
  it('must not come after a message that is newer than it', () => {
    expect(invariantsIn(closedAfter(10 * minute))).toEqual(['S6']);
  });

  it.each([undefined, 0, 30_000])('may when it happened %j ms before it was told, as clocks go', (age) => {
    expect(invariantsIn(closedAfter(age))).toEqual([]);
  });

  it('may be older where a clock is known to be wrong, up to how wrong it can be', () => {
    const wrong: Facts = { type: 'ok', f: 'fault', kind: 'F16 clock wrong', err: 'notify-1' };
    expect(invariantsIn([wrong, ...closedAfter(10 * minute)])).toEqual([]);
    expect(invariantsIn([wrong, ...closedAfter(30 * minute)])).toEqual(['S6']);
  });

  it('may hide a deletion', () => {
    const deleted = { kind: 'deleted', user: 'guest g' };
    const [first, second, , ...rest] = closedAfter(10 * minute);
    if (first === undefined || second === undefined) throw new Error('it begins with a message');
    const withDeletion = [first, second, stored(1, '', deleted), ...rest].map((each) =>
      each.f === 'scanEntry' && each.seq === 1 ? scanned(1, '', deleted) : each,
    );
    expect(invariantsIn(withDeletion)).not.toContain('S6');
  });
});

describe('one event id', () => {
  const routed = { kind: 'conversation.routed', msgId: 'e1', wanted: 'conversation.routed spa' };

  it('is not taken for two things, whether either has stored anything or not', () => {
    expect(invariantsIn([...notified(1, routed), ...notified(2, closing())])).toEqual(['S10']);
  });

  it('is refused for the second, or told again for the first', () => {
    const refused: Facts = { ...invoked(2, closing()), type: 'fail', err: 'CONFLICT' };
    expect(invariantsIn([...notified(1, routed), invoked(2, closing()), refused])).toEqual([]);
    expect(invariantsIn([...notified(1, routed), ...notified(2, routed)])).toEqual([]);
  });
});

it('sees an event that was refused for what the guest sent', () => {
  const refused: Facts = { ...invoked(1, message), type: 'fail', err: 'BAD_REQUEST' };
  expect(invariantsIn([invoked(1, message), refused])).toEqual(['X']);
});
