import { describe, expect, it } from 'vitest';
import type { Facts } from '../history/history.ts';
import { check } from './checker.ts';
import {
  acknowledged,
  ana,
  began,
  connect,
  frame,
  head,
  history,
  opened,
  routed,
  row,
  scanned,
  shown,
  stored,
} from './lines.ts';

/* Histories that are wrong in one way each, and the same histories without the fault. */

const one = [began(1, 'a'), acknowledged(1, 1, 'a')] as const;
const two = [...one, began(2, 'b'), acknowledged(2, 2, 'b')] as const;
const inTable = [head(2), scanned(1, 'a'), scanned(2, 'b')] as const;

/** The rows of so many subscriptions of one connection. */
const subscriptions = (count: number): Facts[] =>
  Array.from({ length: count }, (_, index) => row('put', `G#grand#V#talk-${index + 1}#0`));

const cases: readonly [invariant: string, what: string, wrong: readonly Facts[], right: readonly Facts[]][] =
  [
    [
      'S1',
      'an acknowledged message that is not stored',
      [...one, head(0)],
      [...one, head(1), scanned(1, 'a')],
    ],
    [
      'S1',
      'an acknowledged message under whose number is another',
      [...one, began(2, 'x'), head(1), scanned(1, 'x')],
      [...one, head(1), scanned(1, 'a')],
    ],
    [
      'S2',
      'a stored message that was refused',
      [began(1, 'a'), { ...began(1, 'a'), type: 'fail', err: 'CLOSED' }, head(1), scanned(1, 'a')],
      [began(1, 'a'), { ...began(1, 'a'), type: 'info', err: 'UNKNOWN' }, head(1), scanned(1, 'a')],
    ],
    [
      'S2',
      'a stored message that nobody wrote',
      [head(1), scanned(1, 'a')],
      [...one, head(1), scanned(1, 'a')],
    ],
    [
      'S2',
      'a shown message that is not stored',
      [...two, ...inTable, opened, shown(3, 'c')],
      [...two, ...inTable, opened, shown(1, 'a')],
    ],
    [
      'S3',
      'a text that is stored twice',
      [...one, head(2), scanned(1, 'a'), scanned(2, 'a')],
      [...two, ...inTable],
    ],
    [
      'S3',
      'a message that is shown twice',
      [...two, ...inTable, opened, shown(1, 'a'), shown(1, 'a')],
      [...two, ...inTable, opened, shown(1, 'a'), shown(2, 'b')],
    ],
    ['S4', 'a hole in the log', [...two, head(3), ...inTable.slice(1)], [...two, ...inTable]],
    [
      'S4',
      'a frame that shows another message under a number',
      [...two, ...inTable, connect(), frame(1, 'b')],
      [...two, ...inTable, connect(), frame(1, 'a')],
    ],
    [
      'S5',
      'a message that is shown before the one before it',
      [...two, ...inTable, opened, shown(2, 'b')],
      [...two, ...inTable, opened, shown(1, 'a'), shown(2, 'b')],
    ],
    [
      'S5',
      'a client that says it has caught up and has not',
      [...two, ...inTable, opened, shown(1, 'a'), { ...ana, type: 'ok', f: 'caughtUp', view: 1, seq: 2 }],
      [...two, ...inTable, opened, shown(1, 'a'), { ...ana, type: 'ok', f: 'caughtUp', view: 1, seq: 1 }],
    ],
    [
      'S6',
      'a message that overtakes one that was acknowledged before it was begun',
      [
        began(2, 'b'),
        acknowledged(2, 2, 'b'),
        began(1, 'a', { client: 'ben.1' }),
        acknowledged(1, 1, 'a'),
        ...inTable,
      ],
      [began(1, 'a'), began(2, 'b'), acknowledged(2, 2, 'b'), acknowledged(1, 1, 'a'), ...inTable],
    ],
    [
      'S7',
      'an event after the conversation was routed away',
      [
        ...two,
        connect(),
        stored(1, 'a', routed),
        stored(2, 'b'),
        frame(2, 'b'),
        head(2, 'spa'),
        scanned(1, 'a', routed),
        scanned(2, 'b'),
      ],
      [
        ...two,
        connect({ departments: ['spa'] }),
        stored(1, 'a', routed),
        stored(2, 'b'),
        frame(2, 'b'),
        head(2, 'spa'),
        scanned(1, 'a', routed),
        scanned(2, 'b'),
      ],
    ],
    [
      'S7',
      'a message of another hotel',
      [
        began(1, 'a', { hotel: 'other' }),
        connect(),
        frame(1, 'a'),
        { ...head(1), hotel: 'other' },
        scanned(1, 'a', { hotel: 'other' }),
      ],
      [...one, connect(), frame(1, 'a'), head(1), scanned(1, 'a')],
    ],
    [
      'S8',
      'an event after unsubscribing',
      [
        connect({ role: 'manager', departments: [] }),
        frame(0, '', { kind: 'unsubscribed', entries: [] }),
        ...one,
        frame(1, 'a'),
        head(1),
        scanned(1, 'a'),
      ],
      [
        connect({ role: 'manager', departments: [] }),
        ...one,
        frame(1, 'a'),
        frame(0, '', { kind: 'unsubscribed', entries: [] }),
        head(1),
        scanned(1, 'a'),
      ],
    ],
    [
      'S9',
      'a row that comes back',
      [row('put'), row('deleted'), row('put', 'G#grand#D#desk#0')],
      [row('put'), row('put', 'G#grand#D#desk#0'), row('deleted')],
    ],
    [
      'S9',
      'an open connection that the table does not know',
      [connect(), { type: 'ok', f: 'scanRow', conn: 'c1=', kind: 'socket' }],
      [
        connect(),
        { type: 'ok', f: 'scanRow', conn: 'c1=', kind: 'socket' },
        { type: 'ok', f: 'scanRow', conn: 'c1=', kind: 'U#grand#ana', err: 'valid' },
      ],
    ],
    [
      'L4',
      'a connection with more subscriptions than a hundred',
      [...subscriptions(101)],
      [...subscriptions(100), row('put', 'G#grand#V#talk-1#0'), row('put', 'G#grand#D#desk#0')],
    ],
    [
      'L4',
      'a connection that leaves one subscription for too many others',
      [...subscriptions(100), row('deleted', 'G#grand#V#talk-1#0'), ...subscriptions(101)],
      [...subscriptions(100), row('deleted', 'G#grand#V#talk-1#0'), ...subscriptions(100)],
    ],
    [
      'S10',
      'two texts that were acknowledged under one key',
      [
        began(1, 'a', { clientMsgId: 'k' }),
        began(2, 'b', { clientMsgId: 'k' }),
        acknowledged(1, 1, 'a', { clientMsgId: 'k' }),
        acknowledged(2, 2, 'b', { clientMsgId: 'k' }),
        ...inTable,
      ],
      [
        began(1, 'a', { clientMsgId: 'k' }),
        began(2, 'b', { clientMsgId: 'k' }),
        acknowledged(1, 1, 'a', { clientMsgId: 'k' }),
        { ...began(2, 'b', { clientMsgId: 'k' }), type: 'fail', err: 'CONFLICT' },
        head(1),
        scanned(1, 'a'),
      ],
    ],
    [
      'L2',
      'a dead connection that is still a member',
      [
        head(0),
        {
          type: 'ok',
          f: 'scanRow',
          conn: 'c9=',
          kind: 'G#grand#D#desk#0',
          err: 'valid',
          role: 'staff',
          departments: ['desk'],
        },
      ],
      [
        head(0),
        {
          type: 'ok',
          f: 'scanRow',
          conn: 'c9=',
          kind: 'G#grand#D#desk#0',
          err: 'expired',
          departments: ['desk'],
        },
      ],
    ],
    [
      'L3',
      'an operation without an end',
      [began(1, 'a')],
      [began(1, 'a'), { ...began(1, 'a'), type: 'info' }],
    ],
    [
      'X',
      'a fault that nobody foresaw',
      [{ type: 'ok', f: 'unforeseen', err: 'a receipt without its entry' }],
      [],
    ],
    [
      'X',
      'a list that was refused for what the client asked',
      [{ ...ana, type: 'ok', f: 'list', department: 'desk', err: 'BAD_REQUEST' }],
      [{ ...ana, type: 'ok', f: 'list', department: 'desk', err: 'NOT_FOUND' }],
    ],
  ];

describe('the checker', () => {
  it.each(cases)('%s: sees %s', (invariant, _, wrong) => {
    const found = check(history(...wrong)).map((violation) => violation.invariant);
    expect(found).toContain(invariant);
  });

  it.each(cases)('%s: is content without %s', (_invariant, _, __, right) => {
    expect(check(history(...right))).toEqual([]);
  });
});
