import { describe, expect, it } from 'vitest';
import type { Facts } from '../history/history.ts';
import { check, notJudged } from './checker.ts';
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
} from './lines.ts';

/* Histories in which the table does not tell of its writes: a talk of the desk's, routed to the spa by its second entry. */

const spa = { client: 'ben.1', conn: 'c2=' };
const bothCome = [connect(), connect({ ...spa, user: 'ben', departments: ['spa'] })] as const;
const first = [began(1, 'a'), acknowledged(1, 1, 'a')] as const;
const away = frame(2, '', spa);
const third = [began(2, 'b', spa), acknowledged(2, 3, 'b', spa)] as const;
const inTable = [head(3, 'spa'), scanned(1, 'a'), scanned(2, '', routed), scanned(3, 'b')] as const;

const found = (...facts: readonly Facts[]): string[] =>
  check(history(...facts)).map(({ invariant }) => invariant);

describe('without the writes, the checker', () => {
  it('sees an event that was told to somebody after it was routed away from them', () => {
    expect(found(...bothCome, ...first, away, ...third, frame(3, 'b'), ...inTable)).toEqual(['S7']);
  });

  it('is content with the event that routes it away', () => {
    expect(found(...bothCome, ...first, away, frame(2, ''), ...third, ...inTable)).toEqual([]);
  });

  it('sees a page that was asked for when somebody had seen already that it was routed away', () => {
    const page = frame(1, 'a', { kind: 'history', asked: 5000 });
    expect(found(...bothCome, ...first, away, ...third, page, ...inTable)).toEqual(['S7']);
  });

  it('is content with a page that was asked for before anybody had seen that', () => {
    const page = frame(1, 'a', { kind: 'history', asked: 3500 });
    expect(found(...bothCome, ...first, away, ...third, page, ...inTable)).toEqual([]);
  });

  it('sees who has not been shown what was seen long before', () => {
    const waiting = Array.from({ length: 5 }, (): Facts => ({ type: 'ok', f: 'state', err: 'online' }));
    const healed: Facts = { type: 'ok', f: 'faultsOff', kind: 'healed' };
    const stuck = [connect(), opened, ...first, ...waiting, healed, head(1), scanned(1, 'a')];
    expect(found(...stuck)).toEqual(['L1']);
    expect(found(...stuck.toSpliced(4, 0, shown(1, 'a')))).toEqual([]);
    expect(found(...stuck.toSpliced(4, waiting.length))).toEqual([]);
  });

  it('says what it cannot judge', () => {
    const named = notJudged(history(...bothCome, ...first)).map((what) => what.slice(0, 2));
    expect(named).toEqual(['S9', 'S6', 'S7', 'L1']);
  });
});
