import type { FaultKind } from './faults.ts';
import type { Line } from './history/history.ts';

/** What came about by itself: found in the history, and counted with the faults. */
export function circumstancesIn(lines: readonly Line[]): Map<FaultKind, number> {
  const found = new Map<FaultKind, number>();
  const count = (kind: FaultKind): void => void found.set(kind, (found.get(kind) ?? 0) + 1);
  const subscribing = new Map<string, string>();
  const departments = new Map<string, string | null>();
  for (const line of lines) {
    const conversation = `${line.hotel} ${line.conv}`;
    if (line.f === 'subscribe') subscribing.set(`${line.conn} ${line.conv}`, conversation);
    if (line.f === 'frame') {
      if (line.kind === 'subscribed') subscribing.delete(`${line.conn} ${line.conv}`);
      if (line.err === 'TOKEN_EXPIRED') count('F26 token expired');
    }
    if (line.f !== 'stored') continue;
    if (line.kind === 'routed' && departments.get(conversation) !== line.department) {
      count('F27 conversation left the department');
      departments.set(conversation, line.department ?? null);
    }
    for (const seat of subscribing.keys()) {
      if (seat.endsWith(` ${line.conv}`)) {
        count('F14 committed during a subscribe');
        break;
      }
    }
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
