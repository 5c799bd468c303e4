import { pingHeads } from '../../protocol/client-limits.ts';
import type { FaultKind } from './faults.ts';
import { maySee, type Rights } from './checker/model.ts';
import type { Line } from './history/history.ts';

/** What came about by itself: found in the history, and counted with the faults. */
export function circumstancesIn(lines: readonly Line[]): Map<FaultKind, number> {
  const found = new Map<FaultKind, number>();
  const count = (kind: FaultKind): void => void found.set(kind, (found.get(kind) ?? 0) + 1);
  /** Conversations that a connection is just subscribing to. */
  const subscribing = new Map<string, Set<string>>();
  const hotelOf = new Map<string, string>();
  const departments = new Map<string, string | null>();
  const rights = new Map<string, Rights>();
  const bodies = new Set<number | undefined>();
  for (const line of lines) {
    const { f, conn = '', conv = '', kind, hotel } = line;
    if (f === 'connect') hotelOf.set(conn, hotel ?? '');
    if (f === 'connect') rights.set(conn, line);
    if (f === 'stored') bodies.add(line.bodyHash);
    if (f === 'attempt' && bodies.has(line.bodyHash)) {
      const department = departments.get(`${hotelOf.get(conn)} ${conv}`);
      if (department !== undefined && !maySee(rights.get(conn) ?? {}, department))
        count('repeated after access was lost');
    }
    if (f === 'closed') subscribing.delete(conn);
    if (f === 'subscribe') subscribing.set(conn, (subscribing.get(conn) ?? new Set()).add(conv));
    if (f === 'frame' && kind === 'subscribed') subscribing.get(conn)?.delete(conv);
    if (f === 'frame' && line.err === 'TOKEN_EXPIRED') count('F26 token expired');
    if (f !== 'stored') continue;
    const conversation = `${hotel} ${conv}`;
    if (kind === 'routed' && departments.get(conversation) !== line.department) {
      count('F27 conversation left the department');
      departments.set(conversation, line.department ?? null);
    }
    const raced = [...subscribing].some(([by, convs]) => hotelOf.get(by) === hotel && convs.has(conv));
    if (raced) count('F14 committed during a subscribe');
  }
  return found;
}

/** How often a client replaced its connection while it had one. */
export function rotationsIn(lines: readonly Line[]): number {
  const open = new Map<string, number>();
  const clientOf = new Map<string, string>();
  let rotations = 0;
  for (const { f, conn = '', client } of lines) {
    if (f === 'connect' && client !== undefined) {
      const already = open.get(client) ?? 0;
      if (already > 0) rotations++;
      open.set(client, already + 1);
      clientOf.set(conn, client);
    }
    if (f !== 'closed') continue;
    const owner = clientOf.get(conn);
    if (owner !== undefined) open.set(owner, (open.get(owner) ?? 1) - 1);
  }
  return rotations;
}

/** How many clients had more conversations open at once than one `ping` may ask about. */
export function crowdsIn(lines: readonly Line[]): number {
  const open = new Map<string, Set<number>>();
  const crowds = new Set<string>();
  for (const { f, client = '', view } of lines) {
    if (view === undefined) continue;
    const views = open.get(client) ?? new Set();
    open.set(client, views);
    if (f === 'open') views.add(view);
    if (f === 'ended') views.delete(view);
    if (views.size > pingHeads) crowds.add(client);
  }
  return crowds.size;
}
