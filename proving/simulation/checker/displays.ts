import type { Line } from '../history/history.ts';
import {
  maySee,
  rightsAt,
  type ConnectionModel,
  type ConversationModel,
  type Model,
  type ViewModel,
} from './model.ts';
import { violation, type Violation } from './violation.ts';

/** S2, S3, S4: what a client shows is what is stored, each entry once, in the order of seq. */
export function* shownAsStored({ views, conversations }: Model): Iterable<Violation> {
  for (const { key, client, told } of views) {
    const log = conversations.get(key)?.log;
    const shown = new Map<number, Line>();
    const ids = new Map<string, Line>();
    let last: Line | undefined;
    for (const line of told) {
      if (line.f === 'resync') {
        shown.clear();
        ids.clear();
        last = undefined;
      }
      if (line.f !== 'display') continue;
      const seq = line.seq ?? 0;
      const stored = log?.get(seq);
      if (stored === undefined)
        yield violation('S2', `${client} shows ${seq} of ${key}, which is not stored`, line);
      else if (stored.bodyHash !== line.bodyHash || stored.msgId !== line.msgId) {
        yield violation('S4', `${client} shows as ${seq} of ${key} what is not stored there`, line, stored);
      } else if (stored.sender !== undefined && line.sender !== undefined && stored.sender !== line.sender) {
        yield violation('S4', `${client} shows ${seq} of ${key} under another sender`, line, stored);
      }
      const id = `${line.msgId} ${line.bodyHash}`;
      const before = shown.get(seq) ?? ids.get(id);
      if (before !== undefined) yield violation('S3', `${client} shows ${seq} of ${key} twice`, before, line);
      else if (last !== undefined && (last.seq ?? 0) > seq) {
        yield violation('S4', `${client} shows ${seq} of ${key} after ${last.seq}`, last, line);
      }
      shown.set(seq, line);
      if (line.bodyHash !== emptyHash) ids.set(id, line);
      last = line;
    }
  }
}

/** Of an empty text: system entries have it, and their ids are only compared with their numbers. */
const emptyHash = 0x811c9dc5;

/** S5: no hole in what is shown, and `caughtUp` is told when everything up to it has been shown. */
export function* noGap({ views }: Model): Iterable<Violation> {
  for (const { key, client, opened, told } of views) {
    let cursor = opened.seq;
    let last = opened;
    for (const line of told) {
      if (line.f === 'resync') cursor = undefined;
      if (line.f === 'trimmed') cursor = (line.seq ?? 1) - 1;
      if (line.f === 'display') {
        const seq = line.seq ?? 0;
        if (cursor !== undefined && seq > cursor + 1) {
          yield violation('S5', `${client} shows ${seq} of ${key} right after ${cursor}`, last, line);
        }
        cursor = Math.max(cursor ?? 0, seq);
        last = line;
      }
      if (line.f === 'caughtUp' && line.seq !== (cursor ?? 0)) {
        yield violation(
          'S5',
          `${client} has caught up with ${line.seq} of ${key} and shown up to ${cursor}`,
          last,
          line,
        );
      }
    }
  }
}

/** L1: after the faults, and time to heal, everyone who looks and may see has seen everything. */
export function* healed(model: Model): Iterable<Violation> {
  const calm = model.lines.find(({ f, kind }) => f === 'faultsOff' && kind === 'healed');
  if (calm !== undefined) yield* behindAt(model, calm, calm.t);
}

/**
 * L1 where nothing but time heals: what was lost before is shown after the interval of the heartbeat, however many
 * conversations are open, on every connection that was there before and has been answered a ping since.
 */
export function* foundByHeartbeat(model: Model): Iterable<Violation> {
  const { views, lines } = model;
  const drain = lines.find(({ f, kind }) => f === 'faultsOff' && kind === 'drain');
  const due = lines.findLast(({ t }) => t <= (drain?.t ?? 0) + heartbeatMilliseconds);
  if (drain === undefined || due === undefined) return;
  const alive = new Map<string, string>();
  for (const { i, f, conn = '', client = '' } of lines.slice(0, due.i)) {
    if (f === 'connect' && i < drain.i) alive.set(conn, client);
    if (f === 'closed') alive.delete(conn);
  }
  const answered = lines.filter(
    ({ i, f, kind }) => i > drain.i && i < due.i && f === 'frame' && kind === 'pong',
  );
  const clients = new Set(answered.map(({ conn = '' }) => alive.get(conn)));
  const watched = views.filter(({ opened, client }) => opened.i < drain.i && clients.has(client));
  yield* behindAt({ ...model, views: watched }, due, drain.t);
}

/** A ping, its answer, and the longest delay before the history is asked for again. */
const heartbeatMilliseconds = 45_000;

/** The views that do not show at a line what had been stored a while before a time. */
function* behindAt(
  { views, conversations, connections, lines }: Model,
  line: Line,
  storedBy: number,
): Iterable<Violation> {
  const rights = rightsAt(connections, lines, line.i);
  for (const view of views) {
    const conversation = conversations.get(view.key);
    const connection = rights.get(view.client);
    if (conversation === undefined || !isOpenAt(view, line) || connection === undefined) continue;
    const head = conversation.moments.certain(storedBy - settleMilliseconds);
    if (!maySee(connection, conversation.departments[head])) continue;
    const seen = newestShown(view, line);
    if (seen < head) {
      yield violation(
        'L1',
        `${view.client} shows ${seen} of ${view.key}, whose head is ${head}`,
        conversation.moments.by(seen + 1),
        line,
      );
    }
  }
}

/** What was stored so shortly before may still be on its way. */
const settleMilliseconds = 5000;

/** L1 in a calm: an entry is on every screen that may show it within two seconds, without any healing. */
export function* prompt({ views, conversations, connections, calmFrom, lines }: Model): Iterable<Violation> {
  if (calmFrom === undefined) return;
  const end = lines.findLast(({ f }) => f === 'end');
  for (const view of views) {
    const conversation = conversations.get(view.key);
    if (conversation === undefined) continue;
    const shownAt = new Map(view.told.filter(({ f }) => f === 'display').map((line) => [line.seq, line.t]));
    const from = readyFrom(view, calmFrom);
    for (const [seq, stored] of conversation.storedAt) {
      const due = stored.t + promptMilliseconds;
      if (stored.i < from || due > (view.ended?.t ?? end?.t ?? 0)) continue;
      if ((shownAt.get(seq) ?? Number.POSITIVE_INFINITY) <= due) continue;
      const rights = rightsAt(connections, lines, stored.i).get(view.client);
      if (rights === undefined || !staysVisible(conversation, rights, seq)) continue;
      yield violation(
        'L1',
        `${view.client} does not show ${seq} of ${view.key} promptly, and nothing is the matter`,
        stored,
      );
    }
  }
}

const promptMilliseconds = 2500;

/** The line from which on a view must be prompt: when it first caught up in the calm, or before it. */
function readyFrom(view: ViewModel, calm: Line): number {
  const caughtUp = view.told.find(({ f }) => f === 'caughtUp');
  return caughtUp === undefined ? Number.POSITIVE_INFINITY : Math.max(caughtUp.i, calm.i);
}

/** Whether an entry and the next one may be seen: what is routed away may also end the view. */
function staysVisible(
  { departments, head }: ConversationModel,
  rights: ConnectionModel,
  seq: number,
): boolean {
  return [seq - 1, seq, Math.min(seq + 1, head), Math.min(seq + 2, head)].every((at) =>
    maySee(rights, departments[at]),
  );
}

function isOpenAt(view: ViewModel, line: Line): boolean {
  return view.opened.i < line.i && (view.ended === undefined || view.ended.i > line.i);
}

function newestShown(view: ViewModel, line: Line): number {
  const shown = view.told.filter(({ f, i }) => f === 'display' && i < line.i);
  return Math.max(view.opened.seq ?? 0, ...shown.map(({ seq }) => seq ?? 0));
}
