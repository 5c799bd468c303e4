import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../lambdas/core/conversation.ts';
import type { ActivityRange, ConversationStore } from '../../../lambdas/core/ports.ts';
import { appended, created, fresh, later } from './parts.ts';
import type { Stores } from './target.ts';

const frontDesk = { department: 'front-desk', status: 'open', limit: 10 } as const;
const start = '2026-11-23T09:30:00.000Z';

export function describeListing(stores: Stores): void {
  describe('the list of conversations', () => {
    it('shows the newest activity first, and among those of one instant the greatest id first', async () => {
      const { conversations } = stores();
      const hotelId = fresh('hotel');
      for (const [conversationId, seconds] of [
        ['b', 1],
        ['old', 0],
        ['a', 1],
        ['new', 2],
      ] as const) {
        await created(conversations, { hotelId, conversationId, updatedAt: later(start, seconds * 1000) });
      }
      expect(await ids(conversations, hotelId, frontDesk)).toEqual(['new', 'b', 'a', 'old']);
    });

    it('shows whole conversations as they are now', async () => {
      const { conversations } = stores();
      const conversation = await appended(conversations, await created(conversations), {
        next: { preview: 'hello' },
      });
      expect(await conversations.list(conversation.hotelId, frontDesk)).toEqual([conversation]);
    });

    it('goes on after any position, page by page, without a repeat or a gap', async () => {
      const { conversations } = stores();
      const hotelId = fresh('hotel');
      for (const [index, conversationId] of ['a', 'b', 'c', 'd', 'e'].entries()) {
        await created(conversations, {
          hotelId,
          conversationId,
          updatedAt: later(start, Math.floor(index / 2)),
        });
      }
      const seen: string[] = [];
      let after: Conversation | undefined;
      do {
        const page = await conversations.list(hotelId, { ...frontDesk, limit: 2, ...(after && { after }) });
        seen.push(...page.map(({ conversationId }) => conversationId));
        after = page.at(-1);
      } while (after);
      expect(seen).toEqual(['e', 'd', 'c', 'b', 'a']);
    });

    it('goes on after a position that no conversation has', async () => {
      const { conversations } = stores();
      const { hotelId, conversationId } = await created(conversations, { updatedAt: start });
      expect(await ids(conversations, hotelId, afterTime(later(start)))).toEqual([conversationId]);
      expect(await ids(conversations, hotelId, afterTime('2020-01-01T00:00:00.000Z'))).toEqual([]);
    });

    it('keeps open, closed, other departments and those without one apart, and moves what changes', async () => {
      const { conversations } = stores();
      const hotelId = fresh('hotel');
      const given = await created(conversations, { hotelId, conversationId: 'c', department: null });
      const places = async () => {
        const found: string[] = [];
        for (const department of [null, 'front-desk', 'spa']) {
          for (const status of ['open', 'closed'] as const) {
            const listed = await ids(conversations, hotelId, { department, status, limit: 9 });
            if (listed.length > 0) found.push(`${department} ${status} ${listed.join()}`);
          }
        }
        return found;
      };
      expect(await places()).toEqual(['null open c']);
      const routed = await appended(conversations, given, { next: { department: 'spa' } });
      expect(await places()).toEqual(['spa open c']);
      const closed = await appended(conversations, routed, { next: { status: 'closed' } });
      expect(await places()).toEqual(['spa closed c']);
      await appended(conversations, closed, { next: { status: 'open', department: 'front-desk' } });
      expect(await places()).toEqual(['front-desk open c']);
    });

    it('keeps two hotels with the same names apart', async () => {
      const { conversations } = stores();
      const one = await created(conversations, { conversationId: 'c' });
      const other = await created(conversations, { conversationId: 'c' });
      expect(await conversations.list(one.hotelId, frontDesk)).toEqual([one]);
      expect(await conversations.list(other.hotelId, frontDesk)).toEqual([other]);
      expect(await conversations.list(fresh('hotel'), frontDesk)).toEqual([]);
    });
  });

  describe('many conversations at once', () => {
    it('reads those that are there, also under the names of what objects inherit', async () => {
      const { conversations } = stores();
      const hotelId = fresh('hotel');
      const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
      for (const conversationId of names) await created(conversations, { hotelId, conversationId });
      const found = await conversations.readMany(hotelId, [...names, 'valueOf', 'missing']);
      expect([...found.keys()].toSorted()).toEqual(names.toSorted());
      expect(found.get('__proto__')?.conversationId).toBe('__proto__');
    });

    it('reads a hundred in one go, an id given twice once, and nothing for nothing', async () => {
      const { conversations } = stores();
      const hotelId = fresh('hotel');
      const names = Array.from({ length: 100 }, (_, index) => `c-${index}`);
      await Promise.all(names.map((conversationId) => created(conversations, { hotelId, conversationId })));
      expect((await conversations.readMany(hotelId, names)).size).toBe(100);
      expect((await conversations.readMany(hotelId, ['c-1', 'c-1'])).size).toBe(1);
      expect((await conversations.readMany(hotelId, [])).size).toBe(0);
    });

    it('reads none of another hotel', async () => {
      const { conversations } = stores();
      const { conversationId } = await created(conversations);
      expect((await conversations.readMany(fresh('hotel'), [conversationId])).size).toBe(0);
    });
  });
}

function afterTime(updatedAt: string): ActivityRange {
  return { ...frontDesk, after: { updatedAt, conversationId: 'zzz' } };
}

async function ids(store: ConversationStore, hotelId: string, range: ActivityRange): Promise<string[]> {
  return (await store.list(hotelId, range)).map(({ conversationId }) => conversationId);
}
