import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { grouped, type ConversationModel, type Model, type OperationModel } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** S1: what was acknowledged is in the table, under the number that was acknowledged. */
export function* noAcknowledgedLoss({ operations, conversations }: Model): Iterable<Violation> {
  for (const { invoked, ended } of operations) {
    if (ended?.type !== 'ok' || ended.seq === undefined) continue;
    const { hotel, conv, seq, bodyHash } = ended;
    const stored = conversations.get(keyOf(hotel, conv))?.log.get(seq);
    if (stored === undefined) {
      yield violation('S1', `acknowledged as ${seq} of ${hotel} ${conv} and not stored`, invoked, ended);
    } else if (stored.bodyHash !== bodyHash) {
      yield violation(
        'S1',
        `acknowledged as ${seq} of ${hotel} ${conv}, where something else is`,
        invoked,
        ended,
        stored,
      );
    }
  }
}

/**
 * S2, the store's half: everything stored was asked for in the same hotel by the same user, and nothing that was refused
 * is stored.
 *
 * A refusal speaks for its own attempt. Of a message that was sent more than once, an earlier attempt may still be
 * under way: that is unknown, as without an answer.
 */
export function* noPhantom({ operations, conversations, attempts }: Model): Iterable<Violation> {
  const asked = new Map<string, OperationModel[]>();
  for (const operation of operations) {
    const { hotel, conv, bodyHash } = operation.invoked;
    const key = `${keyOf(hotel, conv)} ${bodyHash}`;
    asked.set(key, [...(asked.get(key) ?? []), operation]);
  }
  for (const { key, log } of conversations.values()) {
    for (const entry of log.values()) {
      // A change by staff has an id of the server's, and no text.
      if (entry.kind !== undefined) continue;
      const operationsOfIt = asked.get(`${key} ${entry.bodyHash}`);
      if (operationsOfIt === undefined) {
        yield violation('S2', `stored in ${key} as ${entry.seq}, and nobody wrote it there`, entry);
      } else if (!operationsOfIt.some(({ invoked }) => mayBeOf(entry, invoked))) {
        const [other] = operationsOfIt;
        yield violation('S2', `stored in ${key} as ${entry.seq} of another user`, other?.invoked, entry);
      } else if (
        (attempts.get(entry.bodyHash ?? 0) ?? 0) < 2 &&
        operationsOfIt.every(({ ended }) => ended?.type === 'fail')
      ) {
        const [refused] = operationsOfIt;
        yield violation(
          'S2',
          `refused, and stored in ${key} as ${entry.seq}`,
          refused?.invoked,
          refused?.ended,
          entry,
        );
      }
    }
  }
}

/** Whether an entry bears the user who wrote it, as far as both lines say who that is. */
function mayBeOf(entry: Line, { user }: Line): boolean {
  return user === undefined || entry.user === undefined || entry.user === `staff ${user}`;
}

/** S3, the store's half: a sender's key is stored once, and so is a text: no two operations have the same. */
export function* storedOnce({ conversations }: Model): Iterable<Violation> {
  for (const { key, log } of conversations.values()) {
    const first = new Map<string, Line>();
    for (const entry of log.values()) {
      const names = [
        `${entry.user} ${entry.msgId}`,
        ...(entry.kind === undefined ? [`the text ${entry.bodyHash}`] : []),
      ];
      const earlier = names.flatMap((name) => first.get(name) ?? []).at(0);
      if (earlier) yield violation('S3', `${names.join(' or ')} is stored twice in ${key}`, earlier, entry);
      for (const name of names) first.set(name, entry);
    }
  }
}

/** S4, the store's half: 1, 2, 3 … up to the head, without a hole. */
export function* withoutHole({ conversations }: Model): Iterable<Violation> {
  for (const { key, log, head, moments } of conversations.values()) {
    for (let seq = 1; seq <= head; seq++) {
      if (!log.has(seq))
        yield violation('S4', `${key} has no ${seq} although its head is ${head}`, moments.by(seq));
    }
    if (log.size > head) yield violation('S4', `${key} has ${log.size} entries although its head is ${head}`);
  }
}

/** S6: who begins after another was acknowledged comes after it; the messages of one client keep their order. */
export function* realTimeOrder({ operations, conversations }: Model): Iterable<Violation> {
  const byConversation = grouped(
    operations.filter(({ invoked }) => invoked.f === 'send'),
    ({ invoked }) => keyOf(invoked.hotel, invoked.conv),
  );
  for (const [key, sends] of byConversation) {
    const conversation = conversations.get(key);
    if (conversation !== undefined) yield* orderOf(conversation, sends);
  }
}

function* orderOf({ key, log }: ConversationModel, sends: readonly OperationModel[]): Iterable<Violation> {
  const seqOf = new Map([...log.values()].map(({ bodyHash, seq }) => [bodyHash, seq ?? 0]));
  const stored = sends
    .map((send) => ({ ...send, seq: seqOf.get(send.invoked.bodyHash) ?? 0 }))
    .filter(({ seq }) => seq > 0);
  const acknowledged = stored
    .filter(({ ended }) => ended?.type === 'ok')
    .toSorted((one, other) => (one.ended?.i ?? 0) - (other.ended?.i ?? 0));
  const ownNewest = new Map<string, (typeof stored)[number]>();
  let at = 0;
  let newest: (typeof stored)[number] | undefined;
  for (const send of stored.toSorted((one, other) => one.invoked.i - other.invoked.i)) {
    for (
      let next = acknowledged[at];
      next && (next.ended?.i ?? 0) < send.invoked.i;
      next = acknowledged[++at]
    ) {
      if (newest === undefined || next.seq > newest.seq) newest = next;
    }
    if (newest !== undefined && newest.seq > send.seq) {
      yield violation(
        'S6',
        `in ${key}, ${send.seq} was begun after ${newest.seq} had been acknowledged`,
        newest.invoked,
        newest.ended,
        send.invoked,
        send.ended,
      );
    }
    const client = send.invoked.client;
    if (client === undefined) continue;
    const own = ownNewest.get(client);
    // What was never acknowledged may be stored at any later moment, so only acknowledged ones are remembered.
    if (own !== undefined && own.seq > send.seq) {
      yield violation(
        'S6',
        `in ${key}, ${client} sent ${own.seq} before ${send.seq}`,
        own.invoked,
        send.invoked,
      );
    }
    const counts = send.ended?.type === 'ok' && (own === undefined || own.seq < send.seq);
    if (counts) ownNewest.set(client, send);
  }
}

const nothing: ReadonlyMap<number, Line> = new Map();

/** S10: one key with two texts: one is stored, and the other is refused as a conflict. */
export function* oneTextPerKey({ operations, conversations }: Model): Iterable<Violation> {
  const keyed = operations.filter(({ invoked }) => invoked.clientMsgId !== undefined);
  for (const { invoked, ended } of operations) {
    if (ended?.err === 'CONFLICT' && invoked.f === 'send' && invoked.clientMsgId === undefined) {
      yield violation('S10', `a key that was new was refused as a conflict`, invoked, ended);
    }
  }
  const groups = grouped(
    keyed,
    ({ invoked }) => `${keyOf(invoked.hotel, invoked.conv)} ${invoked.clientMsgId}`,
  );
  for (const [key, same] of groups) {
    const acknowledged = same.filter(({ ended }) => ended?.type === 'ok');
    if (acknowledged.length > 1) {
      yield violation(
        'S10',
        `${key} was acknowledged with two texts`,
        ...acknowledged.map(({ ended }) => ended),
      );
    }
    const [first] = same;
    const log = conversations.get(keyOf(first?.invoked.hotel, first?.invoked.conv))?.log ?? nothing;
    const bodies = new Set(same.map(({ invoked }) => invoked.bodyHash));
    const stored = [...log.values()].filter(({ bodyHash }) => bodies.has(bodyHash));
    if (stored.length > 1) yield violation('S10', `${key} is stored with two texts`, ...stored);
    for (const { ended } of same) {
      if (ended?.type === 'fail' && ended.err === 'CONFLICT' && stored.length === 0) {
        yield violation('S10', `${key} was refused as a conflict with nothing`, ended);
      }
    }
  }
}
