import { machine } from '../../lambdas/adapters/world.ts';
import type { ConversationRef } from '../../lambdas/core/conversation.ts';
import { appendInHead, type AppendedInHead } from './in-head/append.ts';
import { cutUntilShort } from './in-head/cut.ts';
import { page } from './in-head/page.ts';
import { HeadStore } from './in-head/store.ts';
import { guestMessage, noChange, staffMessage, type Attempt } from './proposals.ts';
import { conversation } from './storm.ts';
import type { Way } from './ways.ts';

const [lanes, sends, attemptsEach] = [6, 25, 40];

class Died extends Error {}

/** A store whose writers die in two of five requests of a cut: before it is sent, or after it is done. */
export class DyingStore extends HeadStore {
  override putSegment(...given: Parameters<HeadStore['putSegment']>) {
    return dying(() => super.putSegment(...given));
  }

  override putReceipts(...given: Parameters<HeadStore['putReceipts']>) {
    return dying(() => super.putReceipts(...given));
  }

  override cut(...given: Parameters<HeadStore['cut']>) {
    return dying(() => super.cut(...given));
  }
}

async function dying<T>(request: () => Promise<T>): Promise<T> {
  const fate = Math.random();
  if (fate < 0.2) throw new Died();
  const answer = await request();
  if (fate < 0.4) throw new Died();
  return answer;
}

async function unlessDead<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof Died) return undefined;
    throw error;
  }
}

/**
 * Six writers send and repeat forty things, short and long and such that store no entry, while cuts die and others cut
 * too, and somebody reads all the time. Every read must be whole, and everything must have one number.
 */
export async function survivesCrashes(way: Way, store: HeadStore, dyingStore: DyingStore): Promise<number> {
  const ref = conversation();
  await way.create(ref);
  const attempts = Array.from({ length: attemptsEach }, (_, at) => attemptOf(ref, at));
  const told = new Map(attempts.map((attempt) => [attempt, new Set<number>()]));
  const cuts: Promise<unknown>[] = [];
  const deps = {
    store: dyingStore,
    world: machine,
    later: (work: () => Promise<unknown>) => void cuts.push(unlessDead(work())),
  };
  const send = async (attempt: Attempt) => {
    const answer = await unlessDead(appendInHead(deps, attempt));
    if (answer !== undefined) told.get(attempt)?.add(numberOf(answer));
  };
  const lane = async () => {
    for (let n = 0; n < sends; n++) {
      const attempt = attempts[Math.floor(Math.random() * attempts.length)];
      if (attempt !== undefined) await send(attempt);
      const head = await store.read(ref);
      if (head !== undefined && Math.random() < 0.15)
        cuts.push(unlessDead(cutUntilShort(dyingStore, ref, head)));
    }
  };
  const over = new AbortController();
  const reading = (async () => {
    while (!over.signal.aborted) await whole(store, ref);
  })();
  await Promise.all(Array.from({ length: lanes }, lane));
  for (const attempt of attempts) await send(attempt);
  over.abort();
  await Promise.all([reading, ...cuts]);
  for (const numbers of told.values())
    if (numbers.size !== 1) throw new Error(`numbers of one: ${[...numbers].join(' ')}`);
  const stored = [...told.values()].filter((numbers) => !numbers.has(0)).length;
  if ((await whole(store, ref)) !== stored) throw new Error('something is stored that nobody was told');
  return stored;
}

function attemptOf(ref: ConversationRef, at: number): Attempt {
  if (at % 7 === 0) return noChange(ref);
  if (at % 11 === 0) return staffMessage(ref, 0, 'x'.repeat(3000));
  return at % 2 === 0 ? guestMessage(ref) : staffMessage(ref, 0);
}

/** Reads the log and returns how many entries it has. */
async function whole(store: HeadStore, ref: ConversationRef): Promise<number> {
  const head = await store.read(ref);
  if (head === undefined) throw new Error('a conversation that exists');
  const log = await page(store, ref, 1, head.conversation.head, head);
  const seqs = log.map(({ seq }) => seq);
  if (seqs.length !== head.conversation.head || seqs.some((seq, at) => seq !== at + 1)) {
    throw new Error(`a hole under ${head.conversation.head}: ${seqs.join(' ')}`);
  }
  const texts = new Set(log.map(({ id }) => id));
  if (texts.size !== log.length) throw new Error('a message is stored twice');
  return log.length;
}

function numberOf(answer: AppendedInHead): number {
  if (answer.kind === 'duplicate') return answer.seq;
  if (answer.kind === 'stored') return answer.entry?.seq ?? 0;
  throw new Error('an open conversation refuses nothing');
}
