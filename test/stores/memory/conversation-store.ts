import type {
  Conversation,
  ConversationRef,
  Entry,
  Receipt,
  StoredReceipt,
} from '../../../lambdas/core/conversation.ts';
import type {
  ActivityRange,
  Commit,
  CommitOutcome,
  ConversationStore,
  LogPage,
  LogRange,
} from '../../../lambdas/core/ports.ts';
import { noWait, Transactions, type Turn } from './transactions.ts';

export interface MemoryConversationsOptions {
  readonly turn?: Turn;
  /** When the index sees a commit: at once, or not before `catchUp`. */
  readonly index?: 'immediate' | 'lagging';
}

interface Stored {
  conversation: Conversation;
  /** In the order of seq. */
  entries: Entry[];
  readonly receipts: Map<string, StoredReceipt>;
}

/** Conversations in memory, with the conditions, conflicts and index of the real table. */
export class MemoryConversationStore implements ConversationStore {
  readonly #stored = new Map<string, Stored>();
  #index = new Map<string, Conversation>();
  readonly #turn: Turn;
  readonly #transactions: Transactions;
  readonly #lagging: boolean;

  constructor({ turn = noWait, index = 'immediate' }: MemoryConversationsOptions = {}) {
    this.#turn = turn;
    this.#transactions = new Transactions(turn);
    this.#lagging = index === 'lagging';
  }

  async read(ref: ConversationRef): Promise<Conversation | undefined> {
    await this.#turn('read');
    return this.#stored.get(keyOf(ref))?.conversation;
  }

  async readMany(
    hotelId: string,
    conversationIds: readonly string[],
  ): Promise<ReadonlyMap<string, Conversation>> {
    await this.#turn('readMany');
    const found = new Map<string, Conversation>();
    for (const conversationId of conversationIds) {
      const conversation = this.#stored.get(keyOf({ hotelId, conversationId }))?.conversation;
      if (conversation !== undefined) found.set(conversationId, conversation);
    }
    return found;
  }

  async commit(commit: Commit): Promise<CommitOutcome> {
    const { next, entry, receipt } = commit;
    const items = [
      `${keyOf(next)}#HEAD`,
      ...(entry ? [`${keyOf(next)}#E#${entry.seq}`] : []),
      ...(receipt ? [`${keyOf(next)}#R#${receiptKey(receipt)}`] : []),
    ];
    const outcome = await this.#transactions.run('commit', items, () => this.#apply(commit));
    return outcome === 'contended' ? { kind: 'contended' } : outcome;
  }

  async entry(ref: ConversationRef, seq: number): Promise<Entry | undefined> {
    await this.#turn('entry');
    return this.#stored.get(keyOf(ref))?.entries.find((entry) => entry.seq === seq);
  }

  async receipt(ref: ConversationRef, receipt: Receipt): Promise<StoredReceipt | undefined> {
    await this.#turn('receipt');
    return this.#stored.get(keyOf(ref))?.receipts.get(receiptKey(receipt));
  }

  async page(ref: ConversationRef, range: LogRange): Promise<LogPage> {
    await this.#turn('page');
    const entries = this.#stored.get(keyOf(ref))?.entries ?? [];
    return { entries: within(entries, range), first: entries[0]?.seq ?? 1 };
  }

  async list(
    hotelId: string,
    { department, status, limit, after }: ActivityRange,
  ): Promise<readonly Conversation[]> {
    await this.#turn('list');
    const afterKey = after && sortKeyOf(after);
    return [...this.#index.values()]
      .filter((each) => each.hotelId === hotelId && each.department === department && each.status === status)
      .filter((each) => afterKey === undefined || sortKeyOf(each) < afterKey)
      .toSorted((one, other) => (sortKeyOf(one) < sortKeyOf(other) ? 1 : -1))
      .slice(0, limit);
  }

  /** Lets the index see what was committed. */
  catchUp(): void {
    this.#index = new Map([...this.#stored].map(([key, { conversation }]) => [key, conversation]));
  }

  /** Removes an entry behind the store's back, as an operator might. */
  removeEntry(ref: ConversationRef, seq: number): void {
    const stored = this.#stored.get(keyOf(ref));
    if (stored) stored.entries = stored.entries.filter((entry) => entry.seq !== seq);
  }

  #apply({ expected, next, entry, receipt }: Commit): CommitOutcome {
    const stored = this.#stored.get(keyOf(next));
    const earlier = receipt && stored?.receipts.get(receiptKey(receipt));
    if (earlier !== undefined) return { kind: 'duplicate', ...earlier };
    if (!holds(expected, stored?.conversation)) return { kind: 'moved', conversation: stored?.conversation };
    if (entry && stored?.entries.some(({ seq }) => seq === entry.seq)) {
      throw new Error(`entry ${entry.seq} is there already`);
    }
    const changed: Stored = stored ?? { conversation: next, entries: [], receipts: new Map() };
    changed.conversation = updated(stored?.conversation, next);
    if (entry) changed.entries.push(entry);
    if (receipt) changed.receipts.set(receiptKey(receipt), remembered(receipt, entry?.seq ?? 0));
    this.#stored.set(keyOf(next), changed);
    if (!this.#lagging) this.#index.set(keyOf(next), changed.conversation);
    return { kind: 'committed' };
  }
}

/** What the condition on the head compares. */
function holds(expected: Conversation | undefined, current: Conversation | undefined): boolean {
  if (expected === undefined || current === undefined) return expected === current;
  const { head, status, department, stateAt, guest } = expected;
  return (
    current.head === head &&
    current.status === status &&
    current.department === department &&
    current.stateAt === stateAt &&
    current.guest.name === guest.name
  );
}

/** An update sets what is there, and leaves the guest's id as it was at creation. */
function updated(current: Conversation | undefined, next: Conversation): Conversation {
  if (current === undefined) return next;
  return { ...current, ...next, guest: { ...current.guest, ...next.guest, id: current.guest.id } };
}

function remembered({ wanted, stale }: Receipt, seq: number): StoredReceipt {
  return { seq, ...(wanted === undefined ? {} : { wanted }), ...(stale === undefined ? {} : { stale }) };
}

function within(entries: readonly Entry[], range: LogRange): Entry[] {
  switch (range.kind) {
    case 'newest':
      return entries.slice(-range.limit);
    case 'before':
      return entries.filter(({ seq }) => seq < range.seq).slice(-range.limit);
    case 'after':
      return entries.filter(({ seq }) => seq > range.seq).slice(0, range.limit);
  }
}

/** Ids hold no `#`. */
function keyOf({ hotelId, conversationId }: ConversationRef): string {
  return `${hotelId}#${conversationId}`;
}

function receiptKey({ sender, key }: Receipt): string {
  return `${sender}#${key}`;
}

function sortKeyOf({ updatedAt, conversationId }: { updatedAt: string; conversationId: string }): string {
  return `${updatedAt}#${conversationId}`;
}
