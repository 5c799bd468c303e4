import type { Appended, Decision } from '../../../lambdas/core/append.ts';
import { maximumRounds } from '../../../lambdas/core/contention.ts';
import type { Receipt } from '../../../lambdas/core/conversation.ts';
import type { World } from '../../../lambdas/core/ports.ts';
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
  readonly later: (work: Promise<unknown>) => void;
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
}

/** What a cut takes, about: two trips. */
const cutMilliseconds = 10;
/** Over how long those spread who found the tail full, for each time that they did. */
const fullMilliseconds = 250;

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
  const tries: Tries = { attempt, receipt, name: nameOf(receipt), overtaken: false };
  let head = known ?? (await store.read(ref));
  let fresh = known === undefined;
  for (let lost = 0; lost < maximumRounds; ) {
    const now = world.now();
    const decision = attempt.decide(head?.conversation, now);
    if (head === undefined || !('kind' in decision) || decision.kind === 'unchanged') {
      if (fresh) return settle(deps, tries, decision, head);
      head = await store.read(ref);
      fresh = true;
      continue;
    }
    const earlier = await earlierSeq(deps, tries, head);
    if (earlier !== undefined) return { kind: 'duplicate', seq: earlier };
    const step = await stepOf(deps, tries, head, decision, now);
    const outcome = await store.append(step);
    if (outcome.taken) return taken(deps, outcome.head, step, decision);
    head = outcome.head;
    fresh = true;
    const verdict = verdictOf(head, step);
    if (verdict === 'overtaken') tries.overtaken = true;
    if (verdict === 'cut') delete tries.place;
    if (verdict !== 'full') continue;
    await world.sleep(cutMilliseconds + world.random() * fullMilliseconds * ++lost);
    // Who should have cut may be dead.
    if (lost > 2) await cutUntilShort(store, ref, head);
  }
  return contended;
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
  if ('kind' in decision && decision.kind === 'store') throw new Error('a conversation is made elsewhere');
  return decision;
}

/**
 * The number that it was stored under before, looked for wherever a condition cannot see: among the receipts, which hold
 * everything below the tail. Once it is known to be none up to a head, the tail alone needs to be asked until that is cut.
 */
async function earlierSeq({ store }: InHead, tries: Tries, head: Head): Promise<number | undefined> {
  const { attempt, receipt, name } = tries;
  const { conversation, tailFrom, cuts, seqs } = head;
  if (seqs[name] !== undefined) return seqs[name];
  if (tries.place !== undefined) return undefined;
  const { after } = attempt;
  if (after !== undefined && after <= conversation.head && tailFrom <= after + 1) {
    tries.place = { kind: 'tail', after };
    return undefined;
  }
  const earlier = cuts === 0 ? undefined : await store.receipt(attempt.ref, name);
  // A state event may have left a receipt without an entry, which no number bounds.
  tries.place =
    receipt.sender === 'upstream' ? { kind: 'cuts', cuts } : { kind: 'tail', after: conversation.head };
  return earlier;
}

async function stepOf(
  { store, world }: InHead,
  tries: Tries,
  head: Head,
  { next, entry }: Store,
  now: Date,
): Promise<Step> {
  const { attempt, name, place, overtaken } = tries;
  if (place === undefined) throw new Error('nobody has looked whether it is stored');
  const updatedAt = now.toISOString();
  const movesActivity = !overtaken && head.conversation.updatedAt <= updatedAt;
  const step = { expected: head.conversation, next: { ...next, updatedAt }, name, place, movesActivity };
  if (entry === undefined) return { ...step, stored: undefined };
  const { seq: _, ...unnumbered } = entry;
  const stored = JSON.stringify(unnumbered);
  if (Buffer.byteLength(stored) <= largeBytes) return { ...step, stored };
  if (tries.bodyId === undefined) {
    tries.bodyId = world.newId();
    await store.putBody(attempt.ref, tries.bodyId, stored);
  }
  return { ...step, stored: JSON.stringify({ body: tries.bodyId }) };
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
function taken({ store, world, later }: InHead, head: Head, step: Step, { entry }: Store): AppendedInHead {
  const { conversation, tailBytes, cuts } = head;
  const before = tailBytes - bytesOf(step.name, step.stored ?? '');
  const crosses = (bytes: number) => before < bytes && tailBytes >= bytes;
  if (crosses(cutAtBytes)) later(cutUntilShort(store, conversation, head));
  else if (crosses(2 * cutAtBytes)) later(cutIfNobodyDid());
  const seq = head.seqs[step.name];
  if (seq === undefined) throw new Error('a step that was taken has its number');
  return { kind: 'stored', conversation, head, ...(entry === undefined ? {} : { entry: { ...entry, seq } }) };

  async function cutIfNobodyDid(): Promise<void> {
    await world.sleep(10 * cutMilliseconds);
    const now = await store.read(conversation);
    if (now?.cuts === cuts) await cutUntilShort(store, conversation, now);
  }
}
