import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { maySee, type ConnectionModel, type ConversationModel, type Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** A listing reads an index, which may lag. */
const indexLag = 20_000;
/** A token is honoured this much longer; a frame may be on its way for as long as a network stalls; clocks are wrong. */
const tokenGrace = 30_000;
const onTheWay = 20_000;
const wrongClock = 600_000;

const replyKinds = new Set(['subscribed', 'history', 'changed', 'conversations', 'pong']);

/** S4, on the wire: every page and every event shows the same entry under the same number. */
export function* sameOnTheWire({ frames, connections, conversations }: Model): Iterable<Violation> {
  for (const frame of frames) {
    const hotel = connections.get(frame.conn ?? '')?.hotel;
    const key = keyOf(hotel, frame.conv);
    for (const { seq, msgId, bodyHash } of frame.entries ?? []) {
      const stored = conversations.get(key)?.log.get(seq);
      if (stored?.msgId === msgId && stored.bodyHash === bodyHash) continue;
      const elsewhere = [...conversations.values()].find(
        (other) =>
          other.hotel !== hotel && other.conv === frame.conv && other.log.get(seq)?.bodyHash === bodyHash,
      );
      if (elsewhere && bodyHash !== emptyText) {
        yield violation('S7', `${frame.conn} of ${hotel} was shown ${seq} of ${elsewhere.key}`, frame);
      } else
        yield violation(
          stored ? 'S4' : 'S2',
          `${frame.conn} was shown a ${seq} of ${key} that is not stored`,
          frame,
          stored,
        );
    }
  }
}

const emptyText = 0x811c9dc5;

/**
 * S7: an event may be seen by who could see the conversation when it happened or at some time since; a reply, by who
 * could see it at some moment between question and answer. A token that is over shows nothing.
 */
export function* confidential(model: Model): Iterable<Violation> {
  for (const line of model.lines) {
    if (line.f !== 'frame') continue;
    const connection = model.connections.get(line.conn ?? '');
    if (connection === undefined) continue;
    if (
      line.kind !== 'gateway' &&
      line.kind !== 'error' &&
      line.t > connection.expires + tokenGrace + onTheWay + wrongClock
    ) {
      yield violation('S7', `${line.conn} was served after its token's end`, line);
    }
    for (const { conv, newest } of shownIn(line)) {
      const conversation = model.conversations.get(keyOf(connection.hotel, conv));
      if (conversation === undefined) continue;
      const now = conversation.moments.possible(line);
      if (!replyKinds.has(line.kind ?? '')) {
        if (!visibleSince(conversation, connection, newest - 1, now)) {
          yield violation(
            'S7',
            `${line.conn} of ${connection.user} was told of ${newest} of ${conversation.key}`,
            line,
            conversation.log.get(newest),
          );
        }
      } else if (
        !visibleDuring(conversation, connection, line) ||
        !visibleSince(conversation, connection, newest - 1, now)
      ) {
        yield violation(
          'S7',
          `${line.conn} of ${connection.user} was answered with ${newest} of ${conversation.key}`,
          line,
          conversation.log.get(newest),
        );
      }
    }
  }
}

/** Each conversation that a frame shows, with the newest number of it. */
function shownIn(frame: Line): { conv: string; newest: number }[] {
  const others = (frame.others ?? []).map(({ conv, head }) => ({ conv, newest: head }));
  const entries = frame.entries ?? [];
  if (frame.conv === undefined || (entries.length === 0 && frame.head === undefined)) return others;
  const newest = Math.max(frame.head ?? 0, ...entries.map(({ seq }) => seq));
  return [{ conv: frame.conv, newest }, ...others];
}

/** Whether it could be seen after some entry from `first` to `last`: by number, no clock is asked. */
function visibleSince(
  { departments }: ConversationModel,
  connection: ConnectionModel,
  first: number,
  last: number,
): boolean {
  for (let at = Math.max(0, first); at <= Math.max(last, first); at++) {
    if (maySee(connection, departments[at])) return true;
  }
  return false;
}

/** Whether it could be seen at some moment between question and answer. */
function visibleDuring(conversation: ConversationModel, connection: ConnectionModel, frame: Line): boolean {
  const slack = frame.kind === 'conversations' || frame.kind === 'pong' ? indexLag : 0;
  const from = (frame.asked ?? 0) - slack;
  const first = conversation.moments.certain(from);
  const last = conversation.moments.possible(frame);
  return visibleSince(conversation, connection, first, last);
}

/** After an attempt, its invocation may run for so long: a stalled network, and the longest that a function takes. */
const longestAttempt = 50_000;
/** A post without an answer is tried once more. */
const postsOfAttempt = 2;

/** S7: whoever may not see a conversation makes nobody hear of it, not by the repeat of an own old message either. */
export function* toldByWhoMaySee(model: Model): Iterable<Violation> {
  const { frames, connections, conversations, lines } = model;
  const told = new Map<string, Line[]>();
  for (const frame of frames) {
    const [entry] = frame.entries ?? [];
    if (frame.kind !== 'message' || entry === undefined) continue;
    const name = `${frame.conn} ${frame.conv} ${entry.seq}`;
    told.set(name, [...(told.get(name) ?? []), frame]);
  }
  for (const again of told.values()) {
    const [first] = again;
    if (first === undefined || again.length <= postsOfAttempt) continue;
    const conversation = conversations.get(keyOf(connections.get(first.conn ?? '')?.hotel, first.conv));
    const bodyHash = first.entries?.[0]?.bodyHash;
    const attempts = lines.filter((line) => line.f === 'attempt' && line.bodyHash === bodyHash);
    // What guests write is told again whenever upstream sends it again.
    if (conversation === undefined || attempts.length === 0) continue;
    const entitled = attempts.filter((attempt) => mightSee(model, conversation, attempt));
    if (again.length <= entitled.length * postsOfAttempt) continue;
    yield violation(
      'S7',
      `${first.conn} was told ${again.length} times of what ${entitled.length} could send who saw it`,
      ...attempts,
      ...again,
    );
  }
}

/** Whether the sender of an attempt could see the conversation at some moment while it may have run. */
function mightSee({ connections, lines }: Model, conversation: ConversationModel, attempt: Line): boolean {
  const connection = connections.get(attempt.conn ?? '');
  const end = lines.findLast(({ t }) => t <= attempt.t + longestAttempt) ?? attempt;
  const { moments } = conversation;
  return (
    connection === undefined ||
    visibleSince(conversation, connection, moments.certain(attempt.t), moments.possible(end))
  );
}

/** S8: after `unsubscribed`, silence, unless the conversation is of the connection's department. */
export function* silentAfterUnsubscribe({
  lines,
  connections,
  conversations,
  operations,
}: Model): Iterable<Violation> {
  const invokedAt = new Map<string, number>();
  for (const { invoked } of operations.toReversed()) {
    invokedAt.set(`${keyOf(invoked.hotel, invoked.conv)} ${invoked.bodyHash}`, invoked.i);
  }
  const left = new Map<string, Line>();
  for (const line of lines) {
    const seat = `${line.conn} ${line.conv}`;
    if (line.f === 'subscribe' && line.type === 'invoke') left.delete(seat);
    if (line.f !== 'frame') continue;
    if (line.kind === 'unsubscribed') left.set(seat, line);
    const since = left.get(seat);
    const connection = connections.get(line.conn ?? '');
    if (
      since === undefined ||
      connection === undefined ||
      (line.kind !== 'message' && line.kind !== 'conversation')
    )
      continue;
    const conversation = conversations.get(keyOf(connection.hotel, line.conv));
    const now = conversation?.moments.possible(line) ?? 0;
    for (const { seq, bodyHash } of line.entries ?? []) {
      const invoked = invokedAt.get(`${conversation?.key} ${bodyHash}`);
      // Told again, an old entry goes to the department that the conversation has by then.
      const later = Array.from({ length: Math.max(0, now - seq) + 2 }, (_, after) => seq - 1 + after);
      const atHome = later.some((at) => isHome(connection, conversation?.departments[at]));
      if (atHome || invoked === undefined || invoked < since.i || bodyHash === emptyText) continue;
      yield violation(
        'S8',
        `${line.conn} had unsubscribed from ${line.conv} and was told of ${seq}`,
        since,
        lines[invoked],
        line,
      );
    }
  }
}

/** Whether a connection hears of a department's conversations without subscribing. */
function isHome({ role, departments }: ConnectionModel, department: string | null | undefined): boolean {
  return typeof department === 'string' ? departments.includes(department) : role === 'manager';
}
