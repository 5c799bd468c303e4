import type { Conversation, ConversationRef, Entry, Receipt, StoredReceipt } from './conversation.ts';
import { maximumRounds, waitForTurn } from './contention.ts';
import type { Heads } from './heads.ts';
import type { ConversationStore, World } from './ports.ts';
import { contended, type Refused } from './refusals.ts';

/** Something that wants to happen to a conversation. */
export interface Proposal {
  readonly ref: ConversationRef;
  /** What makes a retry of it harmless; absent where doing it twice is the same as once. */
  readonly receipt?: Receipt;
  /** Pure: it may be asked several times, each time with the newest state. */
  decide(current: Conversation | undefined, now: Date): Decision;
}

export type Decision = Refused | Unchanged | EntryStep | NoteStep;

/** Already as it should be: nothing is stored. */
export interface Unchanged {
  readonly kind: 'unchanged';
  readonly conversation: Conversation;
}

/** To be stored with an entry of the log. */
export interface EntryStep {
  readonly kind: 'store';
  readonly next: Conversation;
  readonly entry: Entry;
  readonly note?: never;
}

/** To be stored without an entry, with a note of what that is. */
export interface NoteStep {
  readonly kind: 'store';
  readonly next: Conversation;
  readonly note: Note;
  readonly entry?: never;
}

/** `created` and `updated` are told to staff; `stale` and `settled` change nothing that they see. */
export type Note = 'created' | 'updated' | 'stale' | 'settled';

/**
 * What became of a proposal: of what it may decide, what was decided. Only one with a receipt can be a duplicate, and only
 * one that stores notes can have been stored without an entry.
 */
export type Appended<P extends Proposal = Proposal> =
  | Refused
  | Extract<ReturnType<P['decide']>, Unchanged>
  | ('receipt' extends keyof P ? Duplicate : never)
  | StoredFrom<ReturnType<P['decide']>>;

type StoredFrom<D> = D extends EntryStep ? EntryStored : D extends NoteStep ? NoteStored : never;

/** `seq` is the number it was first stored under, 0 when it stored no entry then. */
export interface Duplicate extends StoredReceipt {
  readonly kind: 'duplicate';
}

interface EntryStored {
  readonly kind: 'stored';
  readonly conversation: Conversation;
  readonly entry: Entry;
  readonly note?: never;
}

interface NoteStored {
  readonly kind: 'stored';
  readonly conversation: Conversation;
  readonly note: Note;
  readonly entry?: never;
}

export interface AppendDependencies {
  readonly conversations: ConversationStore;
  readonly heads: Heads;
  readonly world: World;
}

/**
 * Decides a proposal on the newest state and commits it: one step of the log.
 *
 * Two trips with the head unknown, one with it known and still true. Whoever loses a race is told the new state by the
 * lost commit itself and decides again on it; after 20 lost rounds the answer is `UNAVAILABLE`. A proposal that was
 * stored before is a duplicate, whatever has become of the conversation or of the sender's rights since.
 */
export function append<P extends Proposal>(deps: AppendDependencies, proposal: P): Promise<Appended<P>>;
// A store answers a commit without a receipt with no duplicate (`ConversationStore.commit`).
export async function append(deps: AppendDependencies, proposal: Proposal): Promise<Appended> {
  const { conversations, heads, world } = deps;
  const { ref, receipt } = proposal;
  let current = heads.get(ref);
  let fresh = current === undefined;
  if (fresh) current = await conversations.read(ref);
  for (let lost = 0; lost < maximumRounds;) {
    const decision = proposal.decide(current, world.now());
    if (decision.kind !== 'store') {
      if (fresh) return settle(conversations, proposal, decision);
      current = await conversations.read(ref);
      fresh = true;
      continue;
    }
    const outcome = await conversations.commit({
      ...(current === undefined ? {} : { expected: current }),
      next: decision.next,
      ...(decision.entry === undefined ? {} : { entry: decision.entry }),
      ...(receipt === undefined ? {} : { receipt: noted(receipt, decision) }),
    });
    if (outcome.kind === 'duplicate') return outcome;
    if (outcome.kind === 'committed') {
      heads.set(decision.next);
      return stored(decision);
    }
    // A head that this function merely remembered is no lost round: try at once with the true one.
    if ((fresh || outcome.kind === 'contended') && ++lost < maximumRounds) await waitForTurn(world, lost);
    if (outcome.kind === 'moved') {
      current = outcome.conversation;
      fresh = true;
    }
  }
  return contended;
}

/**
 * Before a "no" is final: what was stored earlier is answered as stored, even if it would be refused today.
 *
 * A refusal leaves nothing behind, so the same `clientMessageId` may be sent again after a reopening, and guessed ids
 * cost no writes. Hence a "no" to a repeat says nothing of an earlier attempt that is still under way: should the
 * conversation be reopened in those seconds, that one may still be stored. A checker counts such a send as unknown.
 */
async function settle(
  conversations: ConversationStore,
  { ref, receipt }: Proposal,
  decision: Exclude<Decision, { kind: 'store' }>,
): Promise<Appended> {
  const earlier = receipt && (await conversations.receipt(ref, receipt));
  return earlier ? { kind: 'duplicate', ...earlier } : decision;
}

/** What is answered of a step that was committed. */
export function stored({ next, entry, note }: EntryStep | NoteStep): EntryStored | NoteStored {
  const done = { kind: 'stored', conversation: next } as const;
  return entry === undefined ? { ...done, note } : { ...done, entry };
}

/** A repeat of what was stale is answered as such, whatever has become of the conversation. */
function noted(receipt: Receipt, { note }: EntryStep | NoteStep): Receipt {
  return note === 'stale' ? { ...receipt, stale: true } : receipt;
}

/** The next `updatedAt`: now, but never the same or earlier than before, whatever the clocks say. */
export function nextUpdate(current: Conversation | undefined, now: Date): string {
  const after = current === undefined ? 0 : Date.parse(current.updatedAt) + 1;
  return new Date(Math.max(now.getTime(), after)).toISOString();
}
