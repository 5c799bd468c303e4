import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../lambdas/core/conversation.ts';
import type { Commit, CommitOutcome, ConversationStore } from '../../../lambdas/core/ports.ts';
import { appended, conversationWith, created, fresh, later, newConversation, newEntry } from './parts.ts';
import type { Stores } from './target.ts';

export function describeCommits(stores: Stores): void {
  describe('conversations and commits', () => {
    it('finds nothing under an id that nobody has used', async () => {
      const { conversations } = stores();
      const { hotelId, conversationId } = newConversation();
      expect(await conversations.read({ hotelId, conversationId })).toBeUndefined();
      expect(await conversations.entry({ hotelId, conversationId }, 1)).toBeUndefined();
      expect(
        await conversations.receipt({ hotelId, conversationId }, { sender: 'guest', key: 'a' }),
      ).toBeUndefined();
    });

    it('reads back every field of a conversation', async () => {
      const { conversations } = stores();
      const given = await created(conversations, {
        preview: 'naïve 🐝',
        stateAt: '2026-11-23T09:00:00.000Z',
      });
      expect(await conversations.read(given)).toEqual(given);
    });

    it('reads back a conversation that has no department and only a guest id', async () => {
      const { conversations } = stores();
      const given = await created(conversations, { department: null, guest: { id: 'g' } });
      expect(await conversations.read(given)).toEqual(given);
    });

    it('reads back every field of an entry', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations);
      const entry = newEntry(1, {
        text: '',
        truncated: true,
        event: 'routed',
        department: 'spa',
        previousDepartment: null,
        caused: 'reopened',
        attachments: [
          { kind: 'image', id: 'i', url: 'https://a.example/b', mime: 'image/png', name: 'x', size: 3 },
        ],
      });
      await appended(conversations, conversation, { entry });
      expect(await conversations.entry(conversation, 1)).toEqual(entry);
      expect((await conversations.page(conversation, { kind: 'newest', limit: 1 })).entries).toEqual([entry]);
    });

    it('gives a department to a conversation without one', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations, { department: null });
      await appended(conversations, conversation, { next: { department: 'spa' } });
      expect(await conversations.read(conversation)).toMatchObject({ department: 'spa', head: 1 });
    });

    it('creates a conversation once when two create it at the same moment', async () => {
      const { conversations } = stores();
      const one = newConversation();
      const other = { ...one, department: 'spa' };
      const outcomes = await Promise.all([one, other].map((next) => uncontended(conversations, { next })));
      expect(outcomes.map(({ kind }) => kind).toSorted()).toEqual(['committed', 'moved']);
      const kept = await conversations.read(one);
      expect(outcomes).toContainEqual({ kind: 'moved', conversation: kept });
    });

    it('says with what a commit collided', async () => {
      const { conversations } = stores();
      const old = await created(conversations);
      const current = await appended(conversations, old);
      const outcome = await conversations.commit({
        expected: old,
        next: { ...old, head: 1 },
        entry: newEntry(1),
      });
      expect(outcome).toEqual({ kind: 'moved', conversation: current });
    });

    it('says that a conversation is not there when one was expected', async () => {
      const { conversations } = stores();
      const never = newConversation();
      const outcome = await conversations.commit({
        expected: never,
        next: { ...never, head: 1 },
        entry: newEntry(1),
      });
      expect(outcome).toEqual({ kind: 'moved', conversation: undefined });
      expect(await conversations.read(never)).toBeUndefined();
    });

    it.each<[string, Partial<Conversation>]>([
      ['department', { department: 'spa' }],
      ['status', { status: 'closed' }],
      ['head', { head: 9 }],
      ['time of the last change', { stateAt: '2026-11-23T09:00:00.000Z' }],
    ])('refuses a commit decided on another %s', async (_, difference) => {
      const { conversations } = stores();
      const conversation = await created(conversations);
      const expected = { ...conversation, ...difference };
      const outcome = await conversations.commit({
        expected,
        next: { ...expected, head: expected.head + 1 },
        entry: newEntry(expected.head + 1),
      });
      expect(outcome).toEqual({ kind: 'moved', conversation });
      expect(await conversations.entry(conversation, expected.head + 1)).toBeUndefined();
    });

    it('refuses a commit decided on a department that is not there yet, or there no longer', async () => {
      const { conversations } = stores();
      const [assigned, unassigned] = [
        await created(conversations),
        await created(conversations, { department: null }),
      ];
      expect(
        await attempt(
          conversations,
          { ...assigned, department: null, head: 1 },
          { ...assigned, department: null },
        ),
      ).toEqual({ kind: 'moved', conversation: assigned });
      expect(
        await attempt(
          conversations,
          { ...unassigned, department: 'spa', head: 1 },
          { ...unassigned, department: 'spa' },
        ),
      ).toEqual({ kind: 'moved', conversation: unassigned });
    });

    it('keeps the guest as it was at creation', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations);
      await appended(conversations, conversation, { next: { guest: { id: 'impostor' } } });
      expect((await conversations.read(conversation))?.guest).toEqual(conversation.guest);
    });

    it('keeps what a later commit does not mention', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations, {
        preview: 'first',
        stateAt: '2026-11-23T09:00:00.000Z',
      });
      const { preview: _, ...next } = { ...conversation, updatedAt: later(conversation.updatedAt) };
      await conversations.commit({ expected: conversation, next });
      expect(await conversations.read(conversation)).toEqual({ ...next, preview: 'first' });
    });
  });

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

  describe('races', () => {
    it('numbers ten parallel appends 1 to 10 without a hole', async () => {
      const { conversations } = stores();
      const start = await created(conversations);
      const seqs = await Promise.all(
        Array.from({ length: 10 }, (_, index) => persistently(conversations, start, `parallel ${index}`)),
      );
      expect(seqs.toSorted((one, other) => one - other)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      const { entries } = await conversations.page(start, { kind: 'newest', limit: 20 });
      expect(entries.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
      expect(new Set(entries.map(({ text }) => text)).size).toBe(10);
    });

    it('never overwrites an entry, whatever the head says', async () => {
      const { conversations, removeEntry } = stores();
      const conversation = await conversationWith(conversations, 3);
      await removeEntry(conversation, 2);
      const first = await conversations.entry(conversation, 1);
      const forged = { ...conversation, head: 0 };
      const outcome = await conversations.commit({
        expected: forged,
        next: { ...forged, head: 1 },
        entry: newEntry(1, { text: 'overwritten' }),
      });
      expect(outcome.kind).toBe('moved');
      const sameHead = {
        expected: conversation,
        next: conversation,
        entry: newEntry(1, { text: 'overwritten' }),
      };
      await expect(conversations.commit(sameHead)).rejects.toThrow();
      expect(await conversations.entry(conversation, 1)).toEqual(first);
    });
  });
}

/** The same commit, until no other transaction is in its way. */
async function uncontended(store: ConversationStore, commit: Commit): Promise<CommitOutcome> {
  for (;;) {
    const outcome = await store.commit(commit);
    if (outcome.kind !== 'contended') return outcome;
  }
}

function attempt(store: ConversationStore, next: Conversation, expected?: Conversation) {
  return store.commit({
    ...(expected ? { expected } : {}),
    next,
    ...(next.head > 0 ? { entry: newEntry(next.head) } : {}),
  });
}

/** What a writer does: on and on, with the newest state, until its entry is stored. */
async function persistently(store: ConversationStore, start: Conversation, text: string): Promise<number> {
  let expected = start;
  for (;;) {
    const entry = newEntry(expected.head + 1, { text });
    const outcome = await store.commit({ expected, next: { ...expected, head: entry.seq }, entry });
    if (outcome.kind === 'committed') return entry.seq;
    if (outcome.kind === 'duplicate') throw new Error('no receipt was sent');
    if (outcome.kind === 'moved' && outcome.conversation) expected = outcome.conversation;
  }
}
