import { beforeAll, describe, expect, it } from 'vitest';
import type { Conversation } from '../../../lambdas/core/conversation.ts';
import type { LogRange } from '../../../lambdas/core/ports.ts';
import { conversationWith, created, newConversation, numbers } from './parts.ts';
import type { Stores } from './target.ts';

export function describeLog(stores: Stores): void {
  describe('pages of the log', () => {
    it('is empty and begins at 1 while nothing has happened', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations);
      for (const range of [
        { kind: 'newest', limit: 5 },
        { kind: 'before', seq: 1, limit: 5 },
        { kind: 'after', seq: 0, limit: 5 },
      ] as const) {
        expect(await numbers(conversations, conversation, range)).toEqual({ seqs: [], first: 1 });
      }
    });

    it('is empty and begins at 1 for a conversation that is not there', async () => {
      const range = { kind: 'newest', limit: 5 } as const;
      expect(await numbers(stores().conversations, newConversation(), range)).toEqual({ seqs: [], first: 1 });
    });

    describe('of ten entries', () => {
      let ten: Conversation;
      beforeAll(async () => {
        ten = await conversationWith(stores().conversations, 10);
      });

      it.each<[string, LogRange, number[]]>([
        ['the newest three', { kind: 'newest', limit: 3 }, [8, 9, 10]],
        ['the newest, fewer than asked for', { kind: 'newest', limit: 100 }, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]],
        ['three before 4', { kind: 'before', seq: 4, limit: 3 }, [1, 2, 3]],
        ['the nearest three before 10', { kind: 'before', seq: 10, limit: 3 }, [7, 8, 9]],
        ['nothing before the first', { kind: 'before', seq: 1, limit: 3 }, []],
        ['the newest before a number above the head', { kind: 'before', seq: 999, limit: 2 }, [9, 10]],
        [
          'the newest before the largest number',
          { kind: 'before', seq: Number.MAX_SAFE_INTEGER, limit: 1 },
          [10],
        ],
        ['the nearest three after 0', { kind: 'after', seq: 0, limit: 3 }, [1, 2, 3]],
        ['the nearest three after 5', { kind: 'after', seq: 5, limit: 3 }, [6, 7, 8]],
        ['the last after 9', { kind: 'after', seq: 9, limit: 3 }, [10]],
        ['nothing after the head', { kind: 'after', seq: 10, limit: 3 }, []],
        ['nothing after a number above the head', { kind: 'after', seq: 999, limit: 3 }, []],
        ['nothing after the largest number', { kind: 'after', seq: Number.MAX_SAFE_INTEGER, limit: 3 }, []],
      ])('shows %s', async (_, range, seqs) => {
        expect(await numbers(stores().conversations, ten, range)).toEqual({ seqs, first: 1 });
      });
    });

    it('orders by number and not by text around 9, 10, 99 and 100', async () => {
      const { conversations } = stores();
      const conversation = await conversationWith(conversations, 101);
      const all = Array.from({ length: 101 }, (_, index) => index + 1);
      expect(
        (await numbers(conversations, conversation, { kind: 'after', seq: 0, limit: 200 })).seqs,
      ).toEqual(all);
      expect((await numbers(conversations, conversation, { kind: 'newest', limit: 200 })).seqs).toEqual(all);
      expect(
        (await numbers(conversations, conversation, { kind: 'before', seq: 101, limit: 3 })).seqs,
      ).toEqual([98, 99, 100]);
      expect((await numbers(conversations, conversation, { kind: 'after', seq: 8, limit: 3 })).seqs).toEqual([
        9, 10, 11,
      ]);
    });

    it('says which entry is the first still stored', async () => {
      const { conversations, removeEntry } = stores();
      const conversation = await conversationWith(conversations, 5);
      for (const seq of [1, 2]) await removeEntry(conversation, seq);
      expect(await numbers(conversations, conversation, { kind: 'newest', limit: 1 })).toEqual({
        seqs: [5],
        first: 3,
      });
      expect(await numbers(conversations, conversation, { kind: 'before', seq: 3, limit: 9 })).toEqual({
        seqs: [],
        first: 3,
      });
      expect(await numbers(conversations, conversation, { kind: 'after', seq: 0, limit: 1 })).toEqual({
        seqs: [3],
        first: 3,
      });
    });

    it('shows no entry of the same conversation id in another hotel', async () => {
      const { conversations } = stores();
      const { conversationId } = await conversationWith(conversations, 2);
      const other = await created(conversations, { conversationId });
      expect(await numbers(conversations, other, { kind: 'newest', limit: 9 })).toEqual({
        seqs: [],
        first: 1,
      });
    });
  });
}
