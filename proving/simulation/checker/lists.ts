import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { maySee, rightsAt, type ConnectionModel, type Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** Where a conversation stands. */
export interface Standing {
  readonly hotel: string;
  readonly conv: string;
  readonly head: number;
  readonly department: string | null;
  readonly status: string;
  /** By the server's clock. */
  readonly updatedAt: string;
}

/**
 * L1: after the faults, and when everything has been read again, a list holds what is in it, in the order of the server,
 * and knows where each stands.
 */
export function* listedAsStored({ lines, connections }: Model): Iterable<Violation> {
  const quiet = quietIn(lines);
  if (quiet === undefined) return;
  const { lists, standings } = shownAt(lines, quiet);
  const rights = rightsAt(connections, lines, quiet.i);
  for (const list of lists.values()) {
    const connection = rights.get(list.client ?? '');
    if (connection === undefined || !maySee(connection, list.department)) continue;
    // A manager's list of a department that the token does not name hears nothing and follows the heartbeats.
    if (!hearsOf(connection, list)) continue;
    const wrong = wrongIn(list, standings);
    if (wrong !== undefined) yield violation('L1', wrong, list, quiet);
  }
}

/**
 * L1 where nothing but time heals: the lists of whoever has a conversation open are found wrong by its heartbeat, long
 * before they are read again as a matter of course.
 *
 * Not for what was routed away, nor where there is no department: `ping` cannot ask about these. Nor where a function's
 * clock was wrong: what it wrote may be older than what was read before.
 */
export function* listedByHeartbeat({ lines, connections, views }: Model): Iterable<Violation> {
  const { drain, healed } = endOf(lines);
  if (drain === undefined || healed === undefined) return;
  if (lines.some(({ f, kind }) => f === 'fault' && kind === 'F16 clock wrong')) return;
  const watching = new Set(
    views
      .filter(({ opened, ended }) => opened.i < drain.i && (ended === undefined || ended.i > healed.i))
      .map(({ client }) => client),
  );
  const before = shownAt(lines, drain).lists;
  const { lists, standings } = shownAt(lines, healed);
  const rights = rightsAt(connections, lines, healed.i);
  for (const [name, list] of lists) {
    const connection = rights.get(list.client ?? '');
    if (!watching.has(list.client ?? '') || !before.has(name) || list.department === null) continue;
    if (connection === undefined || !maySee(connection, list.department)) continue;
    const belong = new Set(belongingTo(list, standings).map(({ conv }) => conv));
    const others = (list.others ?? []).filter(({ conv }) => belong.has(conv));
    const wrong = wrongIn({ ...list, others }, standings);
    if (wrong !== undefined) yield violation('L1', `${wrong}, and no heartbeat has found it`, list, healed);
  }
}

/** Where a run turns quiet: everything has been read again since the faults. */
function quietIn(lines: readonly Line[]): Line | undefined {
  const { healed } = endOf(lines);
  if (healed === undefined) return undefined;
  return lines.find(({ i, f, kind }) => i > healed.i && f === 'faultsOff' && kind === 'calm') ?? healed;
}

function endOf(lines: readonly Line[]) {
  const [drain, healed] = ['drain', 'healed'].map((wanted) =>
    lines.find(({ f, kind }) => f === 'faultsOff' && kind === wanted),
  );
  return { drain, healed };
}

/** What the lists show at a line, and where each conversation stands by then. */
function shownAt(lines: readonly Line[], { i }: Line) {
  const lists = new Map<string, Line>();
  const standings = new Map<string, Standing>();
  for (const line of lines.slice(0, i)) {
    if (line.f === 'list') followList(lists, line);
    if (line.f === 'scan' || line.f === 'standing')
      standings.set(keyOf(line.hotel, line.conv), standingOf(line));
  }
  return { lists, standings: [...standings.values()] };
}

/** Keeps what each open list shows. */
export function followList(lists: Map<string, Line>, line: Line): void {
  const name = listNameOf(line);
  if (line.others === undefined) lists.delete(name);
  else lists.set(name, line);
}

/** A list of a client: it has one of a department and a status. */
export function listNameOf({ client, department, kind = 'open' }: Line): string {
  return `${client} ${department} ${kind}`;
}

/** What is wrong with a list, in words; undefined when nothing is. One that is not complete may end anywhere. */
export function wrongIn(list: Line, standings: readonly Standing[]): string | undefined {
  const { client, department, kind = 'open', others = [], complete = true } = list;
  const told = (each: readonly { readonly conv: string; readonly head: number }[]) =>
    each.map(({ conv, head }) => `${conv} at ${head}`).join(', ');
  const expected = belongingTo(list, standings).toSorted(byActivity);
  const [listed, stored] = [told(others), told(complete ? expected : expected.slice(0, others.length))];
  if (listed === stored) return undefined;
  return `${client} lists of ${department}, ${kind}: ${listed || 'nothing'}; stored is ${stored || 'nothing'}`;
}

/** Whether a conversation is in a list. */
export function belongs({ hotel, department, kind = 'open' }: Line, standing: Standing): boolean {
  return standing.hotel === hotel && standing.department === department && standing.status === kind;
}

function belongingTo(list: Line, standings: readonly Standing[]): Standing[] {
  return standings.filter((standing) => belongs(list, standing));
}

/** As the index orders them. */
function byActivity(one: Standing, other: Standing): number {
  if (one.updatedAt !== other.updatedAt) return one.updatedAt < other.updatedAt ? 1 : -1;
  return one.conv < other.conv ? 1 : -1;
}

export function standingOf(line: Line): Standing {
  const { hotel = '', conv = '', head = 0, department = null, kind = '', updatedAt = '' } = line;
  return { hotel, conv, head, department, status: kind, updatedAt };
}

/** Events of a department reach those whose token lists it; of none, the managers. */
export function hearsOf(connection: ConnectionModel | undefined, { department }: Line): boolean {
  if (connection === undefined) return false;
  return typeof department === 'string'
    ? connection.departments.includes(department)
    : connection.role === 'manager';
}
