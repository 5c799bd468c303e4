import type { Appended, Decision } from '../../../lambdas/core/append.ts';
import { maximumRounds } from '../../../lambdas/core/contention.ts';
import type { Entry, Receipt } from '../../../lambdas/core/conversation.ts';
import { Unavailable, type World } from '../../../lambdas/core/ports.ts';
import { contended } from '../../../lambdas/core/refusals.ts';
import type { Attempt } from '../proposals.ts';
import { bytesOf } from './bytes.ts';
import { cutUntilShort } from './cut.ts';
import type { Place, Step } from './expressions.ts';
import { cutAtBytes, fullBytes, largeBytes, nameOf, type Head } from './shapes.ts';
import type { HeadStore } from './store.ts';

export interface InHead {
  readonly store: HeadStore;
  readonly world: World;
  /** What may outlast the answer: a cut that this writer owes. */
  readonly later: (work: () => Promise<unknown>) => void;
}

export type AppendedInHead = Appended & { readonly head?: Head };

/** One try after the other of the same thing, and what they have learned. */
interface Tries {
  readonly attempt: Attempt;
  readonly receipt: Receipt;
  readonly name: string;
  /** Where it can be, as the newest look at tail and receipts found that it is not. */
  place?: Place;
  /** A later time stands already: this one is not set. */
  overtaken: boolean;
  bodyId?: string;
  /** What the last update took: many at once are seen by that first. */
  tripMilliseconds: number;
}

/** What a cut takes, about: two trips. */
const cutMilliseconds = 10;
/** Over how long those spread who found the tail full, for each time that they did. */
const fullMilliseconds = 100;
/** … or so many times what an update took, where that is more. */
const fullTrips = 10;
/** … and never more, whatever the SDK's own attempts took. */
const longestMilliseconds = 1000;

type Store = Extract<Decision, { kind: 'store' }>;

/**
 * One step of the log by one conditional update of the conversation's item.
 *
 * Not conditional on the head, so writers do not undo each other. A refusal hands back what stands, and that says why:
 * stored before, decided on another state, cut meanwhile, full, or overtaken by a later time. Only `full` is waited for.
 */
export async function appendInHead(deps: InHead, attempt: Attempt, known?: Head): Promise<AppendedInHead> {
  const { store, world } = deps;
  const { ref } = attempt;
  const receipt = attempt.receipt ?? { sender: 'made', key: world.newId() };
  const tries: Tries = { attempt, receipt, name: nameOf(receipt), overtaken: false, tripMilliseconds: 0 };
  let head = known ?? (await store.read(ref));
  let fresh = known === undefined;
  for (let lost = 0; lost < maximumRounds;) {
    const decision = attempt.decide(head?.conversation, world.now());
    if (head === undefined || decision.kind !== 'store') {
      if (fresh) return settle(deps, tries, decision, head);
      head = await store.read(ref);
      fresh = true;
      continue;
    }
    if (head.tailBytes >= fullBytes && head.seqs[tries.name] === undefined) {
      head = await shortened(deps, head, tries, ++lost);
      continue;
    }
    const earlier = await earlierSeq(deps, tries, head);
    if (earlier !== undefined) return { kind: 'duplicate', seq: earlier };
    const step = await stepOf(deps, tries, head, decision);
    const begin = world.now().getTime();
    const outcome = await tried(store, step);
    tries.tripMilliseconds = world.now().getTime() - begin;
    if (outcome === 'unknown') {
      head = await shortened(deps, head, tries, ++lost);
      continue;
    }
    if (outcome.taken) return taken(deps, outcome.head, step, decision);
    head = outcome.head;
    fresh = true;
    if (verdictOf(head, step) === 'overtaken') tries.overtaken = true;
  }
  return contended;
}

/** A throttled update or a lost answer: whether it was taken is seen by its key, so it is harmless to try again. */
async function tried(
  store: HeadStore,
  step: Step,
): Promise<Awaited<ReturnType<HeadStore['append']>> | 'unknown'> {
  return (await unlessThrottled(() => store.append(step))) ?? 'unknown';
}

async function unlessThrottled<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

/** A conversation some time later, when its tail may be short again: a look costs a fifth of what a refusal does. */
async function shortened(
  { store, world }: InHead,
  { conversation, cuts }: Head,
  { tripMilliseconds }: Tries,
  lost: number,
): Promise<Head | undefined> {
  const spread = Math.min(longestMilliseconds, Math.max(fullMilliseconds, fullTrips * tripMilliseconds));
  await world.sleep(cutMilliseconds + world.random() * spread * lost);
  const head = await store.read(conversation);
  // Who should have cut may be dead.
  if (head?.cuts === cuts && lost > 2) await unlessThrottled(() => cutUntilShort(store, conversation, head));
  return head;
}

/** As `settle` of `core/append.ts`: what was stored earlier is answered as stored. */
async function settle(
  { store }: InHead,
  { attempt, name }: Tries,
  decision: Decision,
  head: Head | undefined,
): Promise<AppendedInHead> {
  const earlier = head?.seqs[name] ?? (await store.receipt(attempt.ref, name));
  if (earlier !== undefined) return { kind: 'duplicate', seq: earlier };
  if (decision.kind === 'store') throw new Error('a conversation is made elsewhere');
  return decision;
}

/**
 * The number that it was stored under before, looked for wherever the condition will not see it: in the tail as it is now,
 * and below that among the receipts, unless the tail reaches down to where it was looked for already.
 */
async function earlierSeq({ store }: InHead, tries: Tries, head: Head): Promise<number | undefined> {
  const { attempt, receipt, name, place } = tries;
  const { conversation, tailFrom, cuts, seqs } = head;
  if (seqs[name] !== undefined) return seqs[name];
  // A state event may have left a receipt without an entry, which no number bounds.
  const mayHaveNoEntry = receipt.sender === 'upstream';
  // A key that this call made itself cannot be stored up to any head that it has read since.
  const known = attempt.receipt === undefined ? conversation.head : attempt.after;
  const given = known !== undefined && known <= conversation.head ? known : undefined;
  const after = place?.kind === 'tail' ? place.after : given;
  const isAbsentBelow = mayHaveNoEntry
    ? place?.kind === 'cuts' && place.cuts === cuts
    : after !== undefined && tailFrom <= after + 1;
  const earlier = cuts === 0 || isAbsentBelow ? undefined : await store.receipt(attempt.ref, name);
  tries.place = mayHaveNoEntry ? { kind: 'cuts', cuts } : { kind: 'tail', after: conversation.head };
  return earlier;
}

async function stepOf(
  { store, world }: InHead,
  tries: Tries,
  head: Head,
  { next, entry }: Store,
): Promise<Step> {
  const { name, place, overtaken } = tries;
  if (place === undefined) throw new Error('nobody has looked whether it is stored');
  const stored = entry && (await storedOf(store, world, tries, entry));
  // As late as can be, since others take their time meanwhile.
  const updatedAt = world.now().toISOString();
  const movesActivity = stored !== undefined && !overtaken && head.conversation.updatedAt <= updatedAt;
  return { expected: head.conversation, next: { ...next, updatedAt }, name, stored, place, movesActivity };
}

/** What stands in the tail: an entry without its number, or where the body is that was written before. */
async function storedOf(store: HeadStore, world: World, tries: Tries, entry: Entry): Promise<string> {
  const { seq: _, ...unnumbered } = entry;
  const stored = JSON.stringify(unnumbered);
  if (Buffer.byteLength(stored) <= largeBytes) return stored;
  if (tries.bodyId === undefined) {
    tries.bodyId = world.newId();
    await store.putBody(tries.attempt.ref, tries.bodyId, stored);
  }
  return JSON.stringify({ body: tries.bodyId });
}

/** Why a step was refused: the first condition, in the order of what counts, that does not hold in what came back. */
function verdictOf(
  { conversation, tailFrom, cuts, tailBytes, seqs }: Head,
  { expected, next, name, place, movesActivity }: Step,
): 'stored' | 'changed' | 'cut' | 'full' | 'overtaken' {
  if (seqs[name] !== undefined) return 'stored';
  const { status, department, stateAt, head, updatedAt } = conversation;
  if (status !== expected.status || department !== expected.department || stateAt !== expected.stateAt) {
    return 'changed';
  }
  if (place.kind === 'cuts' ? cuts !== place.cuts : tailFrom > place.after + 1 || head < place.after) {
    return 'cut';
  }
  if (tailBytes >= fullBytes) return 'full';
  if (movesActivity && updatedAt > next.updatedAt) return 'overtaken';
  throw new Error('a refusal that no condition explains');
}

/**
 * The number is what the answer says. Whoever makes the tail long cuts it, one writer each time; whoever makes it twice
 * as long looks a while later whether that one did.
 */
function taken({ store, world, later }: InHead, head: Head, step: Step, decision: Store): AppendedInHead {
  const { conversation, tailBytes, cuts } = head;
  const before = tailBytes - bytesOf(step.name, step.stored ?? '');
  const crosses = (bytes: number) => before < bytes && tailBytes >= bytes;
  if (crosses(cutAtBytes)) later(() => cutUntilShort(store, conversation, head));
  else if (crosses(2 * cutAtBytes)) later(cutIfNobodyDid);
  const seq = head.seqs[step.name];
  if (seq === undefined) throw new Error('a step that was taken has its number');
  const done = { kind: 'stored', conversation, head } as const;
  return decision.entry === undefined
    ? { ...done, note: decision.note }
    : { ...done, entry: { ...decision.entry, seq } };

  async function cutIfNobodyDid(): Promise<void> {
    await world.sleep(10 * cutMilliseconds);
    const now = await store.read(conversation);
    if (now?.cuts === cuts) await cutUntilShort(store, conversation, now);
  }
}
