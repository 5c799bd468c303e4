import { describe, expect, it } from 'vitest';
import type { Conversation } from '../../../lambdas/core/conversation.ts';
import type { Commit, CommitOutcome, ConversationStore } from '../../../lambdas/core/ports.ts';
import { appended, conversationWith, created, later, newConversation, newEntry } from './parts.ts';
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
        previewOf: 'g1',
        previewKind: 'image',
        revised: [
          { messageId: 'g1', at: '2026-11-23T09:00:00.000Z', preview: '🐝' },
          { messageId: '__proto__', at: '2026-11-23T09:00:00.000Z' },
        ],
        stateAt: '2026-11-23T09:00:00.000Z',
        guestAt: '2026-11-23T09:01:00.000Z',
        namedAt: '2026-11-23T09:02:00.000Z',
        createdAs: 'Grace',
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
        renamed: true,
        overtaken: true,
        revision: 'edited',
        messageId: 'g1',
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
      ["guest's name", { guest: { id: 'guest-1', name: 'Max' } }],
      ['guest without a name', { guest: { id: 'guest-1' } }],
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

    it('gives the guest a name, a channel and an address, and takes nothing away', async () => {
      const { conversations } = stores();
      const conversation = await created(conversations, { guest: { id: 'g' } });
      const known = { id: 'g', name: 'Grace', channel: 'whatsapp', address: '+31' };
      const next = { ...conversation, guest: known };
      expect(await conversations.commit({ expected: conversation, next })).toEqual({ kind: 'committed' });
      expect(await conversations.read(conversation)).toEqual(next);
      const renamed = await appended(conversations, next, { next: { guest: { id: 'g', name: 'Grace H.' } } });
      expect((await conversations.read(renamed))?.guest).toEqual({ ...known, name: 'Grace H.' });
    });

    it("keeps the guest's id as it was at creation", async () => {
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
