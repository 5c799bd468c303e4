import type { Line } from '../history/history.ts';
import { maySee, type Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** S9: once a connection's row is gone, no row of it is ever written again. */
export function* noResurrection({ lines }: Model): Iterable<Violation> {
  const gone = new Map<string, Line>();
  for (const line of lines) {
    if (line.f !== 'row' || line.conn === undefined) continue;
    if (line.err === 'deleted' && isConnection(line)) gone.set(line.conn, line);
    const before = gone.get(line.conn);
    if (line.err === 'put' && before !== undefined) {
      yield violation('S9', `a row of ${line.conn} was written after it had gone`, before, line);
    }
  }
}

/** S9: nobody is taken for dead who has just come, unless it has gone again. Clocks must be right for that. */
export function* noneDeletedWhileOpening({ lines }: Model): Iterable<Violation> {
  if (lines.some(({ f, kind }) => f === 'fault' && kind === 'F16 clock wrong')) return;
  const joined = new Map(lines.filter(({ f }) => f === 'connect').map((line) => [line.conn, line]));
  const closed = new Set<string | undefined>();
  for (const line of lines) {
    if (line.f === 'closed') closed.add(line.conn);
    if (line.f !== 'row' || line.err !== 'deleted' || !isConnection(line) || closed.has(line.conn)) continue;
    const connected = joined.get(line.conn);
    const age = line.t - (connected?.asked ?? 0);
    if (connected === undefined || age > openingMilliseconds) continue;
    yield violation(
      'S9',
      `${line.conn} was taken for dead ${Math.round(age)} ms after it came`,
      connected,
      line,
    );
  }
}

/** What the functions wait, less what their clocks may be wrong by. */
const openingMilliseconds = 9900;

/** S9: whoever is connected at the end, and is not new, is still known to the table. */
export function* nobodyForgotten({ lines }: Model): Iterable<Violation> {
  const known = new Set(
    lines.filter((line) => line.f === 'scanRow' && isConnection(line)).map(({ conn }) => conn),
  );
  for (const socket of lines) {
    if (!isSocket(socket) || known.has(socket.conn)) continue;
    const deleted = lines.find(
      (line) => line.f === 'row' && line.conn === socket.conn && line.err === 'deleted',
    );
    yield violation('S9', `${socket.conn} is open, and the table does not know it`, deleted, socket);
  }
}

/**
 * L2: after the next fan-out, nothing is left of a dead connection in the groups that were told. A member that may not
 * see the conversation is not told, and its row is not met.
 */
export function* deadAreGone({ lines, conversations }: Model): Iterable<Violation> {
  const alive = new Set(lines.filter(isSocket).map(({ conn }) => conn));
  const end = lines.find(({ f }) => f === 'end')?.t ?? 0;
  for (const { f, t, conn } of lines) if (f === 'closed' && t > end - justNow) alive.add(conn);
  const told = new Map<string, string | null>();
  for (const { hotel, conv, departments, head } of conversations.values()) {
    const department = departments[head] ?? null;
    told.set(`G#${hotel}#V#${conv}`, department);
    told.set(department === null ? `G#${hotel}#N` : `G#${hotel}#D#${department}`, department);
  }
  for (const line of lines) {
    if (line.f !== 'scanRow' || line.err !== 'valid' || alive.has(line.conn)) continue;
    const group = line.kind?.slice(0, line.kind.lastIndexOf('#')) ?? '';
    const department = told.get(group);
    if (department === undefined || !maySee(line, department)) continue;
    yield violation('L2', `${line.conn} is dead and still a member of ${group}`, line);
  }
}

/** Who left so shortly before the end has met no fan-out since. */
const justNow = 6000;

/** L4: no connection is subscribed to more conversations than it may. */
export function* withinLimits({ lines }: Model): Iterable<Violation> {
  const subscribed = new Map<string, Set<string>>();
  for (const line of lines) {
    const { f, conn, kind = '', err } = line;
    if (f !== 'row' || conn === undefined || !/^G#[^#]+#V#/.test(kind)) continue;
    const groups = subscribed.get(conn) ?? new Set<string>();
    subscribed.set(conn, groups);
    if (err === 'deleted') groups.delete(kind);
    else if (groups.size < groups.add(kind).size && groups.size > mostSubscriptions) {
      yield violation('L4', `${conn} has ${groups.size} subscriptions`, line);
    }
  }
}

/** As docs/protocol.md says. */
const mostSubscriptions = 100;

function isSocket({ f, kind }: Line): boolean {
  return f === 'scanRow' && kind === 'socket';
}

function isConnection({ kind }: Line): boolean {
  return kind?.startsWith('U#') ?? false;
}
