import type { Conversation, ConversationRef, Entry, Receipt } from '../../../lambdas/core/conversation.ts';
import type { Connection, Identity } from '../../../lambdas/core/identity.ts';
import type {
  CommitOutcome,
  ConnectionStore,
  ConversationStore,
  Group,
  Member,
} from '../../../lambdas/core/ports.ts';

let made = 0;

/** Ids that no other test has. */
export function fresh(prefix: string): string {
  return `${prefix}-${process.pid}-${++made}`;
}

export function newConversation(given: Partial<Conversation> = {}): Conversation {
  return {
    hotelId: fresh('hotel'),
    conversationId: fresh('conversation'),
    department: 'front-desk',
    status: 'open',
    guest: { id: 'guest-1', name: 'Grace', channel: 'whatsapp', address: '+31600000000' },
    head: 0,
    updatedAt: '2026-11-23T09:30:00.000Z',
    ...given,
  };
}

export function newEntry(seq: number, given: Partial<Entry> = {}): Entry {
  return {
    seq,
    id: `message-${seq}`,
    sender: { kind: 'staff', id: 'ana', name: 'Ana' },
    text: `text ${seq}`,
    sentAt: '2026-11-23T09:30:00.000Z',
    ...given,
  };
}

/** Creates a conversation with no entry and hands it back. */
export async function created(
  store: ConversationStore,
  given: Partial<Conversation> = {},
): Promise<Conversation> {
  const next = newConversation(given);
  await mustCommit(store.commit({ next }));
  return next;
}

/** Appends one entry and hands back the conversation after it. */
export async function appended(
  store: ConversationStore,
  expected: Conversation,
  given: { entry?: Partial<Entry>; receipt?: Receipt; next?: Partial<Conversation> } = {},
): Promise<Conversation> {
  const entry = newEntry(expected.head + 1, given.entry);
  const next = { ...expected, head: entry.seq, updatedAt: later(expected.updatedAt), ...given.next };
  await mustCommit(store.commit({ expected, next, entry, ...(given.receipt && { receipt: given.receipt }) }));
  return next;
}

export async function conversationWith(store: ConversationStore, entries: number): Promise<Conversation> {
  let conversation = await created(store);
  for (let seq = 1; seq <= entries; seq++) conversation = await appended(store, conversation);
  return conversation;
}

export function later(time: string, milliseconds = 1): string {
  return new Date(Date.parse(time) + milliseconds).toISOString();
}

export async function numbers(
  store: ConversationStore,
  ref: ConversationRef,
  range: Parameters<ConversationStore['page']>[1],
): Promise<{ seqs: number[]; first: number }> {
  const { entries, first } = await store.page(ref, range);
  return { seqs: entries.map(({ seq }) => seq), first };
}

export function newConnection(identity: Partial<Identity> = {}, id = fresh('connection')): Connection {
  return {
    id,
    connectedAt: Date.parse('2026-11-23T09:30:00.000Z'),
    identity: {
      hotelId: 'hotel',
      userId: 'ana',
      role: 'staff',
      departments: ['front-desk'],
      tokenExpiresAt: 1_800_000_000,
      ...identity,
    },
  };
}

/** More memberships than any test has. */
export const roomy = 1000;

export function department(name: string): Group {
  return { kind: 'department', department: name };
}

export function conversationGroup(conversationId: string): Group {
  return { kind: 'conversation', conversationId };
}

export async function membersOf(store: ConnectionStore, hotelId: string, group: Group): Promise<Member[]> {
  const members: Member[] = [];
  for await (const page of store.members(hotelId, group)) members.push(...page);
  return members;
}

export async function memberIds(store: ConnectionStore, hotelId: string, group: Group): Promise<string[]> {
  return (await membersOf(store, hotelId, group)).map(({ connectionId }) => connectionId).toSorted();
}

async function mustCommit(outcome: Promise<CommitOutcome>): Promise<void> {
  const { kind } = await outcome;
  if (kind !== 'committed') throw new Error(`not committed but ${kind}`);
}
