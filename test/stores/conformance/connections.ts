import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../lambdas/core/identity.ts';
import type { ConnectionStore, Group } from '../../../lambdas/core/ports.ts';
import { conversationGroup, department, fresh, memberIds, membersOf, newConnection, roomy } from './parts.ts';
import type { Stores } from './target.ts';

const frontDesk = department('front-desk');
const spa = department('spa');
const talk = conversationGroup('talk');

export function describeConnections(stores: Stores): void {
  describe('connections and their memberships', () => {
    it('makes a connection a member of its groups and of no other', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk, { kind: 'unassigned' }]);
      const { hotelId } = connection.identity;
      expect(await memberIds(store, hotelId, frontDesk)).toEqual([connection.id]);
      expect(await memberIds(store, hotelId, { kind: 'unassigned' })).toEqual([connection.id]);
      expect(await memberIds(store, hotelId, spa)).toEqual([]);
      expect(await memberIds(store, hotelId, talk)).toEqual([]);
    });

    it('tells of a member what a delivery needs to know', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk], {
        role: 'manager',
        departments: ['front-desk', 'spa'],
      });
      const { hotelId, userId, role, departments, tokenExpiresAt } = connection.identity;
      const [member] = await membersOf(store, hotelId, frontDesk);
      expect(member).toMatchObject({
        connectionId: connection.id,
        connectedAt: connection.connectedAt,
        hotelId,
        userId,
        role,
        departments,
        tokenExpiresAt,
      });
    });

    it('lets a membership expire after the two hours that a connection can live, and not much later', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk]);
      const [member] = await membersOf(store, connection.identity.hotelId, frontDesk);
      const lives = (member?.expiresAt ?? 0) - connection.connectedAt / 1000;
      expect(lives).toBeGreaterThanOrEqual(7200);
      expect(lives).toBeLessThanOrEqual(3 * 3600);
    });

    it('takes a connection without any group, and one with 65', async () => {
      const store = stores().connections();
      const lonely = await opened(store, []);
      const groups = [...manyDepartments(64), { kind: 'unassigned' } as const];
      const busy = await opened(store, groups);
      expect(await store.join(lonely, talk, roomy)).toBe('joined');
      for (const group of groups) {
        expect(await memberIds(store, busy.identity.hotelId, group)).toEqual([busy.id]);
      }
    });

    it('keeps a department, a conversation and a hotel with the same name apart', async () => {
      const store = stores().connections();
      const connection = await opened(store, [department('x')]);
      expect(await memberIds(store, connection.identity.hotelId, conversationGroup('x'))).toEqual([]);
      expect(await memberIds(store, fresh('hotel'), department('x'))).toEqual([]);
    });

    it('joins and leaves, and doing it twice is the same as once', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk]);
      const { hotelId } = connection.identity;
      for (let times = 0; times < 2; times++) {
        expect(await store.join(connection, talk, roomy)).toBe('joined');
        expect(await memberIds(store, hotelId, talk)).toEqual([connection.id]);
      }
      for (let times = 0; times < 2; times++) {
        expect(await store.leave(connection, talk)).toBe('left');
        expect(await memberIds(store, hotelId, talk)).toEqual([]);
      }
      expect(await memberIds(store, hotelId, frontDesk)).toEqual([connection.id]);
      expect(await store.join(connection, talk, roomy)).toBe('joined');
    });

    it('takes no more memberships than it may have, and all of those that it has again', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk, spa]);
      const { hotelId } = connection.identity;
      expect(await store.join(connection, talk, 4)).toBe('joined');
      expect(await store.join(connection, conversationGroup('talk-2'), 4)).toBe('joined');
      expect(await store.join(connection, conversationGroup('talk-3'), 4)).toBe('full');
      expect(await memberIds(store, hotelId, conversationGroup('talk-3'))).toEqual([]);
      expect(await store.join(connection, talk, 4)).toBe('joined');
      expect(await store.join(connection, frontDesk, 4)).toBe('joined');
      expect(await store.leave(connection, talk)).toBe('left');
      expect(await store.join(connection, conversationGroup('talk-3'), 4)).toBe('joined');
      expect(await store.join(connection, talk, 4)).toBe('full');
      await store.close(connection);
      expect(await store.join(connection, talk, 4)).toBe('gone');
      expect(await memberIds(store, hotelId, conversationGroup('talk-3'))).toEqual([]);
    });

    it('takes no more than it may have when they come at once', async () => {
      const store = stores().connections();
      const connection = await opened(store, []);
      const groups = Array.from({ length: 6 }, (_, index) => conversationGroup(`at-once-${index}`));
      const tried = await Promise.all(groups.map((group) => store.join(connection, group, 2)));
      for (const group of groups) tried.push(await store.join(connection, group, 2));
      expect(tried.slice(groups.length).filter((outcome) => outcome === 'joined')).toHaveLength(2);
      const members = await Promise.all(
        groups.map((group) => memberIds(store, connection.identity.hotelId, group)),
      );
      expect(members.flat()).toHaveLength(2);
    });

    it('lets one of two connections of a user go and keeps the other', async () => {
      const store = stores().connections();
      const old = await opened(store, [frontDesk]);
      const current = newConnection(old.identity);
      await store.open(current, [frontDesk]);
      await store.close(old);
      expect(await memberIds(store, old.identity.hotelId, frontDesk)).toEqual([current.id]);
      expect(await store.join(current, talk, roomy)).toBe('joined');
    });
  });

  describe('a connection that ends', () => {
    it('takes all of its memberships with it, more than a batch of them', async () => {
      const store = stores().connections();
      const groups = manyDepartments(64);
      const connection = await opened(store, groups);
      for (let index = 0; index < 6; index++)
        await store.join(connection, conversationGroup(`c-${index}`), roomy);
      await store.close(connection);
      for (const group of [...groups, conversationGroup('c-0'), conversationGroup('c-5')]) {
        expect(await memberIds(store, connection.identity.hotelId, group)).toEqual([]);
      }
    });

    it('can end twice, and one that never was can end', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk]);
      await store.close(connection);
      await store.close(connection);
      await store.close(newConnection());
    });

    it('joins nothing any more, and nothing comes back', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk]);
      const { hotelId } = connection.identity;
      await store.close(connection);
      expect(await store.join(connection, talk, roomy)).toBe('gone');
      expect(await store.leave(connection, frontDesk)).toBe('left');
      expect(await store.join(connection, talk, roomy)).toBe('gone');
      expect(await memberIds(store, hotelId, talk)).toEqual([]);
      expect(await memberIds(store, hotelId, frontDesk)).toEqual([]);
    });

    it('is forgotten from any of its memberships, with all the others', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk, spa]);
      const { hotelId } = connection.identity;
      await store.join(connection, talk, roomy);
      const [member] = await membersOf(store, hotelId, spa);
      if (member) await store.forget(member);
      for (const group of [frontDesk, spa, talk]) expect(await memberIds(store, hotelId, group)).toEqual([]);
      expect(await store.join(connection, talk, roomy)).toBe('gone');
    });

    it('is known until it is closed or forgotten', async () => {
      const store = stores().connections();
      const never = newConnection();
      expect(await store.has(never)).toBe(false);
      const closed = await opened(store, [frontDesk]);
      const forgotten = await opened(store, [frontDesk], { hotelId: closed.identity.hotelId });
      expect([await store.has(closed), await store.has(forgotten)]).toEqual([true, true]);
      await store.close(closed);
      expect([await store.has(closed), await store.has(forgotten)]).toEqual([false, true]);
      const [member] = await membersOf(store, closed.identity.hotelId, frontDesk);
      if (member) await store.forget(member);
      expect(await store.has(forgotten)).toBe(false);
    });

    it('is forgotten even when only a membership of it is left', async () => {
      const store = stores().connections();
      const connection = await opened(store, [frontDesk]);
      const { hotelId } = connection.identity;
      const [member] = await membersOf(store, hotelId, frontDesk);
      await store.close(connection);
      const other = await opened(store, [frontDesk], { hotelId });
      if (member) await store.forget(member);
      expect(await memberIds(store, hotelId, frontDesk)).toEqual([other.id]);
    });

    it('leaves nothing behind when it joins and ends at the same moment', async () => {
      const store = stores().connections();
      for (let round = 0; round < 20; round++) {
        const connection = await opened(store, [frontDesk]);
        const { hotelId } = connection.identity;
        const [joined] = await Promise.all([store.join(connection, talk, roomy), store.close(connection)]);
        expect(['joined', 'gone', 'contended']).toContain(joined);
        expect(await memberIds(store, hotelId, talk)).toEqual([]);
        expect(await memberIds(store, hotelId, frontDesk)).toEqual([]);
      }
    });
  });
}

function manyDepartments(count: number): Group[] {
  return Array.from({ length: count }, (_, index) => department(`d-${index}`));
}

async function opened(
  store: ConnectionStore,
  groups: readonly Group[],
  identity: Partial<Connection['identity']> = {},
): Promise<Connection> {
  const connection = newConnection({ hotelId: fresh('hotel'), ...identity });
  await store.open(connection, groups);
  return connection;
}
