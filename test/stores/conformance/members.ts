import { describe, expect, it } from 'vitest';
import type { Member } from '../../../lambdas/core/ports.ts';
import { conversationGroup, department, fresh, memberIds, membersOf, newConnection, roomy } from './parts.ts';
import type { Stores } from './target.ts';

const frontDesk = department('front-desk');
const talk = conversationGroup('talk');

export function describeMembers(stores: Stores): void {
  describe('the members of a group', () => {
    it('are all served when they fill more than three pages of 1 MB', async () => {
      const store = stores().connections();
      const hotelId = fresh('hotel');
      // About 8 KB a row.
      const departments = Array.from({ length: 64 }, (_, index) => `${index}-${'d'.repeat(120)}`);
      const connections = Array.from({ length: 400 }, () => newConnection({ hotelId, departments }));
      for (let at = 0; at < connections.length; at += 40) {
        await Promise.all(connections.slice(at, at + 40).map((each) => store.open(each, [frontDesk])));
      }
      const pages: (readonly Member[])[] = [];
      for await (const page of store.members(hotelId, frontDesk)) pages.push(page);
      expect(pages.length).toBeGreaterThan(3);
      const served = pages.flat().map(({ connectionId }) => connectionId);
      expect(served.toSorted()).toEqual(connections.map(({ id }) => id).toSorted());
    });

    it('are still served after their expiry: a reader compares with its own clock', async () => {
      const store = stores().connections();
      const hotelId = fresh('hotel');
      const old = { ...newConnection({ hotelId }), connectedAt: Date.parse('2020-01-01T00:00:00.000Z') };
      await store.open(old, [frontDesk]);
      const [member] = await membersOf(store, hotelId, frontDesk);
      expect(member?.connectionId).toBe(old.id);
      expect(member?.expiresAt).toBeLessThan(Date.now() / 1000);
    });

    it('are the same over one partition and over four, and they leave from where they are', async () => {
      const store = stores().connections(4);
      const hotelId = fresh('hotel');
      const connections = Array.from({ length: 40 }, () => newConnection({ hotelId }));
      await Promise.all(connections.map((each) => store.open(each, [frontDesk])));
      const members = await membersOf(store, hotelId, frontDesk);
      expect(members.map(({ connectionId }) => connectionId).toSorted()).toEqual(
        connections.map(({ id }) => id).toSorted(),
      );
      expect(new Set(members.map(({ place }) => place)).size).toBe(4);
      for (const connection of connections) expect(await store.join(connection, talk, roomy)).toBe('joined');
      expect(await memberIds(store, hotelId, talk)).toHaveLength(40);
      for (const connection of connections) await store.leave(connection, talk);
      expect(await memberIds(store, hotelId, talk)).toEqual([]);
      await Promise.all(connections.map((each) => store.close(each)));
      expect(await memberIds(store, hotelId, frontDesk)).toEqual([]);
    });

    it('are still all found when a group is spread over more partitions than before', async () => {
      const [before, after] = [stores().connections(1), stores().connections(4)];
      const hotelId = fresh('hotel');
      const connections = Array.from({ length: 12 }, () => newConnection({ hotelId }));
      await Promise.all(
        connections.map((each, index) => (index < 6 ? before : after).open(each, [frontDesk])),
      );
      expect(await memberIds(after, hotelId, frontDesk)).toEqual(connections.map(({ id }) => id).toSorted());
      await Promise.all(connections.map((each) => after.close(each)));
      expect(await memberIds(after, hotelId, frontDesk)).toEqual([]);
    });
  });
}
