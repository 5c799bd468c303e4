import { expect, it } from 'vitest';
import type { Facts } from '../history/history.ts';
import { hash } from '../kernel/random.ts';
import { check } from './checker.ts';
import {
  acknowledged,
  began,
  connect,
  frame,
  head,
  history,
  opened,
  routed,
  scanned,
  shown,
  stored,
} from './lines.ts';

/* Histories that are wrong about who somebody is, and the same histories without the fault. */

const anas = { sender: '["staff","ana","Ana"]' };
const byAna = [began(1, 'a', { user: 'ana' }), acknowledged(1, 1, 'a')];
/** Ana sends, over one of her connections. */
const attempt: Facts = {
  type: 'invoke',
  f: 'attempt',
  client: 'ana.1',
  conn: 'c1=',
  conv: 'talk',
  bodyHash: hash('a'),
};
/** The talk has left the desk, and Sue of the spa, who sees both, hears of it. */
const gone = [
  connect(),
  connect({ client: 'sue.1', conn: 'c2=', user: 'sue', departments: ['desk', 'spa'] }),
  began(1, 'a'),
  attempt,
  stored(1, 'a'),
  frame(1, 'a', { client: 'sue.1', conn: 'c2=' }),
  acknowledged(1, 1, 'a'),
  stored(2, '', routed),
];
const again = frame(1, 'a', { client: 'sue.1', conn: 'c2=' });
const repeats = [attempt, attempt];
const table = [head(2, 'spa'), scanned(1, 'a'), scanned(2, '', routed)];

it.each<[invariant: string, what: string, wrong: readonly Facts[], right: readonly Facts[]]>([
  [
    'S2',
    'a message that is stored as another user’s',
    [...byAna, head(1), scanned(1, 'a', { user: 'staff ben' })],
    [...byAna, head(1), scanned(1, 'a', { user: 'staff ana' })],
  ],
  [
    'S4',
    'a message that is shown under another sender',
    [...byAna, opened, { ...shown(1, 'a'), sender: '["staff","ana"]' }, head(1), scanned(1, 'a', anas)],
    [...byAna, opened, { ...shown(1, 'a'), ...anas }, head(1), scanned(1, 'a', anas)],
  ],
  [
    'S7',
    'a message that is told again for a sender who has lost access',
    [...gone, ...repeats, again, again, ...table],
    [...gone, ...repeats, again, ...table],
  ],
])('%s: sees %s, and nothing without', (invariant, _, wrong, right) => {
  expect(check(history(...wrong)).map((violation) => violation.invariant)).toEqual([invariant]);
  expect(check(history(...right))).toEqual([]);
});

it('lets a message be told as often as those may have sent it who saw it', () => {
  const back = [attempt, again, again, stored(3, '', { kind: 'routed', department: 'desk', left: 'spa' })];
  const tableThen = [head(3), scanned(1, 'a'), scanned(2, '', routed)];
  const routedBack = scanned(3, '', { kind: 'routed', department: 'desk', left: 'spa' });
  expect(check(history(...gone, ...back, ...tableThen, routedBack))).toEqual([]);
});
