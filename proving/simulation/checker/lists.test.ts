import { describe, expect, it } from 'vitest';
import type { Facts } from '../history/history.ts';
import { check } from './checker.ts';
import { acknowledged, ana, began, connect, head, history, opened, scanned, shown, stored } from './lines.ts';

/* Lists and heartbeats that are wrong in one way each, and the same histories without the fault. */

const one = [began(1, 'a'), acknowledged(1, 1, 'a')] as const;
const two = [...one, began(2, 'b'), acknowledged(2, 2, 'b')] as const;
/** What Ana's list of the desk shows: the talk, at some number, or nothing. */
const listed = (...heads: readonly number[]): Facts => ({
  ...ana,
  type: 'ok',
  f: 'list',
  department: 'desk',
  others: heads.map((each) => ({ conv: 'talk', head: each })),
});
const healed: Facts = { type: 'ok', f: 'faultsOff', kind: 'healed' };
const calm: Facts = { type: 'ok', f: 'faultsOff', kind: 'calm' };
const drain: Facts = { type: 'ok', f: 'faultsOff', kind: 'drain' };
const end: Facts = { type: 'ok', f: 'end' };
/** Conversations of the desk, at 1 each; the later ones are newer. */
const standing = (...convs: readonly string[]): Facts[] =>
  convs.map((conv, index) => ({
    type: 'ok',
    f: 'standing',
    hotel: 'grand',
    conv,
    head: 1,
    department: 'desk',
    kind: 'open',
    updatedAt: `2026-11-23T06:00:0${index}.000Z`,
  }));
const left: Facts = {
  type: 'ok',
  f: 'standing',
  hotel: 'grand',
  conv: 'talk',
  head: 2,
  department: 'spa',
  kind: 'open',
  updatedAt: '2026-11-23T06:00:09.000Z',
};
const listedAll = (...convs: readonly string[]): Facts => ({
  ...listed(),
  others: convs.map((conv) => ({ conv, head: 1 })),
});
/** A line takes a second. */
const pause = (seconds: number): Facts[] =>
  Array.from({ length: seconds }, () => ({ type: 'ok', f: 'fault', kind: 'none' }));
const fourSeconds = pause(4);
const minute = pause(60);
const pong: Facts = { type: 'ok', f: 'frame', kind: 'pong', client: 'ana.1', conn: 'c1=', entries: [] };
const lostBefore: readonly Facts[] = [connect(), opened, stored(1, 'a'), ...pause(6), drain];

const cases: readonly [what: string, wrong: readonly Facts[], right: readonly Facts[]][] = [
  [
    'a list without a conversation that is in it',
    [connect(), listed(), { ...head(1), kind: 'open' }, healed, ...one, scanned(1, 'a')],
    [connect(), listed(1), { ...head(1), kind: 'open' }, healed, ...one, scanned(1, 'a')],
  ],
  [
    'a list with a conversation that is closed',
    [connect(), listed(1), { ...head(1), kind: 'closed' }, healed, ...one, scanned(1, 'a')],
    [connect(), listed(), { ...head(1), kind: 'closed' }, healed, ...one, scanned(1, 'a')],
  ],
  [
    'a list that does not know where a conversation stands',
    [connect(), listed(1), { ...head(2), kind: 'open' }, healed, ...two, scanned(1, 'a'), scanned(2, 'b')],
    [connect(), listed(2), { ...head(2), kind: 'open' }, healed, ...two, scanned(1, 'a'), scanned(2, 'b')],
  ],
  [
    "a list in another order than the server's",
    [connect(), listedAll('talk', 'chat'), ...standing('talk', 'chat'), healed],
    [connect(), listedAll('chat', 'talk'), ...standing('talk', 'chat'), healed],
  ],
  [
    'a list in another order in a calm, though it becomes right',
    [connect(), ...standing('talk', 'chat'), calm, listedAll('talk', 'chat'), listedAll('chat', 'talk')],
    [connect(), ...standing('talk', 'chat'), listedAll('talk', 'chat'), calm, listedAll('chat', 'talk')],
  ],
  [
    'a list that does not show what has entered it, in a calm',
    [connect(), calm, listedAll(), ...standing('talk'), ...fourSeconds, end],
    [connect(), calm, listedAll(), ...standing('talk'), listedAll('talk'), ...fourSeconds, end],
  ],
  [
    'a list that still shows what has left it, in a calm',
    [connect(), ...standing('talk'), calm, listedAll('talk'), left, ...fourSeconds, end],
    [connect(), ...standing('talk'), calm, listedAll('talk'), left, listedAll(), ...fourSeconds, end],
  ],
  [
    'a list that the heartbeat of an open conversation does not mend',
    [connect(), opened, listedAll(), drain, ...standing('chat'), healed, listedAll('chat'), calm],
    [connect(), opened, listedAll(), drain, ...standing('chat'), listedAll('chat'), healed, calm],
  ],
  [
    'a message that the heartbeat does not find, on a connection that answers it',
    [...lostBefore, pong, ...minute, shown(1, 'a'), ...one, head(1), scanned(1, 'a')],
    [...lostBefore, pong, shown(1, 'a'), ...minute, ...one, head(1), scanned(1, 'a')],
  ],
];

describe('the checker, of lists and heartbeats', () => {
  it.each(cases)('sees %s', (_, wrong) => {
    expect(check(history(...wrong)).map(({ invariant }) => invariant)).toContain('L1');
  });

  it.each(cases)('is content without %s', (_, __, right) => {
    expect(check(history(...right))).toEqual([]);
  });
});
