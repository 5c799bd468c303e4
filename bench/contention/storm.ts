import { randomUUID } from 'node:crypto';
import type { Appended } from '../../lambdas/core/append.ts';
import type { Conversation } from '../../lambdas/core/conversation.ts';
import type { Attempt } from './proposals.ts';
import type { Passed, Service } from './service.ts';
import type { Way, Writer } from './ways.ts';

export interface Storm {
  readonly stored: number;
  readonly refused: number;
  /** Until the last writer had its answer, and until nothing was under way. */
  readonly milliseconds: number;
  readonly idleMilliseconds: number;
  readonly passed: Passed;
}

/** A conversation as a hotel's desk has it, which has seen some messages already. */
export function conversation(): Conversation {
  return {
    hotelId: 'grand-hotel',
    conversationId: randomUUID(),
    department: 'front-desk',
    status: 'open',
    guest: { id: randomUUID(), name: 'Grace Hopper', channel: 'whatsapp', address: '+31600000000' },
    head: 0,
    updatedAt: new Date(Date.now() - 1000).toISOString(),
    stateAt: new Date(Date.now() - 1000).toISOString(),
  };
}

/**
 * So many writers, each an environment of its own that has not seen the conversation, send one message each at once.
 * Afterwards the log must be 1, 2, 3 … with each of them under the number that it was told, and each sends its message
 * again and must be told the same.
 */
export async function storm(
  way: Way,
  service: Service,
  { writers, message, before }: { writers: number; message: (ref: Conversation) => Attempt; before: number },
): Promise<Storm> {
  const ref = conversation();
  await way.create(ref);
  await fill(way, ref, message, before);
  const each = Array.from({ length: writers }, () => ({ writer: way.writer(), attempt: message(ref) }));
  service.reset();
  const begin = performance.now();
  const answers = await Promise.all(each.map(({ writer, attempt }) => settled(writer, attempt)));
  const milliseconds = performance.now() - begin;
  await Promise.all(each.map(({ writer }) => writer.idle()));
  const idleMilliseconds = performance.now() - begin;
  const passed = { ...service.passed };
  service.reset();
  await check(way, ref, each, answers, before);
  const stored = answers.filter((answer) => seqOf(answer) !== undefined).length;
  return { stored, refused: writers - stored, milliseconds, idleMilliseconds, passed };
}

/** One writer's messages, one after the other. */
async function fill(
  way: Way,
  ref: Conversation,
  message: (ref: Conversation) => Attempt,
  count: number,
): Promise<void> {
  const writer = way.writer();
  for (let n = 0; n < count; n++) {
    await writer.append(message(ref));
    await writer.idle();
  }
}

/** A throttle that outlasts the attempts is a refusal, as it is for staff. */
async function settled(writer: Writer, attempt: Attempt): Promise<Appended | undefined> {
  try {
    return await writer.append(attempt);
  } catch (error) {
    if (error instanceof Error && error.name === 'Unavailable') return undefined;
    throw error;
  }
}

function seqOf(answer: Appended | undefined): number | undefined {
  if (answer?.kind === 'duplicate') return answer.seq;
  return answer?.kind === 'stored' ? answer.entry?.seq : undefined;
}

async function check(
  way: Way,
  ref: Conversation,
  each: readonly { readonly writer: Writer; readonly attempt: Attempt }[],
  answers: readonly (Appended | undefined)[],
  before: number,
): Promise<void> {
  const log = await way.page(ref, 1, before + each.length);
  const whole = log.every(({ seq }, at) => seq === at + 1);
  if (!whole) throw new Error(`${way.name}: the log has a hole: ${log.map(({ seq }) => seq).join(' ')}`);
  const byId = new Map(log.map(({ id, seq }) => [id, seq]));
  if (byId.size !== log.length) throw new Error(`${way.name}: a message is stored twice`);
  const stranger = way.writer();
  for (const [at, { writer, attempt }] of each.entries()) {
    const seq = seqOf(answers[at]);
    if (seq === undefined) continue;
    if (byId.get(attempt.receipt?.key ?? '') !== seq)
      throw new Error(`${way.name}: ${seq} is another message`);
    for (const again of [writer, stranger]) {
      const answer = await again.append(attempt);
      if (answer.kind !== 'duplicate' || answer.seq !== seq) {
        throw new Error(`${way.name}: a repeat of ${seq} was not told its number`);
      }
    }
  }
}
