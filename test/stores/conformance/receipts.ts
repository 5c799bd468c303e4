import { describe, expect, it } from 'vitest';
import { appended, created, fresh, newEntry } from './parts.ts';
import type { Stores } from './target.ts';

export function describeReceipts(stores: Stores): void {
  describe('receipts', () => {
    const receipt = { sender: 'staff#ana', key: 'k' };

    it('answers a repeated receipt with its first number, for ever, and stores nothing', async () => {
      const { conversations } = stores();
      let conversation = await appended(conversations, await created(conversations), { receipt });
      for (let seq = 2; seq <= 5; seq++) conversation = await appended(conversations, conversation);
      const again = { ...conversation, head: 6 };
      const outcome = await conversations.commit({
        expected: conversation,
        next: again,
        entry: newEntry(6),
        receipt,
      });
      expect(outcome).toEqual({ kind: 'duplicate', seq: 1 });
      expect(await conversations.read(conversation)).toEqual(conversation);
      expect(await conversations.entry(conversation, 6)).toBeUndefined();
      expect(await conversations.receipt(conversation, receipt)).toEqual({ seq: 1 });
    });

    it('calls a repeat a duplicate even if the conversation has moved on and the entry is taken', async () => {
      const { conversations } = stores();
      const old = await created(conversations);
      await appended(conversations, old, { receipt });
      const next = { ...old, head: 1 };
      expect(await conversations.commit({ expected: old, next, entry: newEntry(1), receipt })).toEqual({
        kind: 'duplicate',
        seq: 1,
      });
    });

    it('remembers 0 for what stored no entry', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations);
      const commit = { expected: conversation, next: conversation, receipt };
      expect(await conversations.commit(commit)).toEqual({ kind: 'committed' });
      expect(await conversations.commit(commit)).toEqual({ kind: 'duplicate', seq: 0 });
      expect(await conversations.read(conversation)).toEqual(conversation);
    });

    it('remembers what was wanted, and that it was stale', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations);
      const remembered = { seq: 0, wanted: 'routed spa', stale: true } as const;
      const { seq: _, ...wanting } = { ...receipt, ...remembered };
      const commit = { expected: conversation, next: conversation, receipt: wanting };
      expect(await conversations.commit(commit)).toEqual({ kind: 'committed' });
      const other = { ...commit, receipt: { ...receipt, wanted: 'closed' } };
      expect(await conversations.commit(other)).toEqual({ kind: 'duplicate', ...remembered });
      expect(await conversations.receipt(conversation, receipt)).toEqual(remembered);
    });

    it('keeps no receipt of a commit that did not happen', async () => {
      const { conversations } = stores();
      const old = await created(conversations);
      await appended(conversations, old);
      await conversations.commit({ expected: old, next: { ...old, head: 1 }, entry: newEntry(1), receipt });
      expect(await conversations.receipt(old, receipt)).toBeUndefined();
    });

    it('tells the same key of two senders, of two conversations and of two hotels apart', async () => {
      const { conversations } = stores();
      const conversation = await appended(conversations, await created(conversations), { receipt });
      const { hotelId, conversationId } = conversation;
      for (const sender of ['staff#ben', 'guest', 'upstream']) {
        expect(await conversations.receipt(conversation, { ...receipt, sender })).toBeUndefined();
      }
      expect(await conversations.receipt({ hotelId, conversationId: 'other' }, receipt)).toBeUndefined();
      expect(
        await conversations.receipt({ hotelId: fresh('hotel'), conversationId }, receipt),
      ).toBeUndefined();
    });

    it('never takes a receipt for an entry or for the head', async () => {
      const { conversations } = stores();
      const conversation = await appended(conversations, await created(conversations), {
        receipt: { sender: 'guest', key: 'HEAD' },
      });
      expect((await conversations.page(conversation, { kind: 'newest', limit: 10 })).entries).toHaveLength(1);
      expect(await conversations.read(conversation)).toEqual(conversation);
    });
  });
}
