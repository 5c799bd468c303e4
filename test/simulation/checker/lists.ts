import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { maySee, rightsAt, type Model } from './model.ts';
import { violation, type Violation } from './violation.ts';

/** Where a conversation stands. */
export interface Standing {
  readonly hotel: string;
  readonly conv: string;
  readonly head: number;
  readonly department: string | null;
  readonly status: string;
}

/** L1: after the faults, and time to heal, a department's list holds what is open in it, and knows where each stands. */
export function* listedAsStored({ lines, connections }: Model): Iterable<Violation> {
  const healed = lines.find(({ f, kind }) => f === 'faultsOff' && kind === 'healed');
  if (healed === undefined) return;
  const lists = new Map<string, Line>();
  const standings = new Map<string, Standing>();
  for (const line of lines.slice(0, healed.i)) {
    if (line.f === 'list') followList(lists, line);
    if (line.f === 'scan') standings.set(keyOf(line.hotel, line.conv), standingOf(line));
  }
  const rights = rightsAt(connections, lines, healed.i);
  for (const list of lists.values()) {
    const connection = rights.get(list.client ?? '');
    if (connection === undefined || !maySee(connection, list.department)) continue;
    const wrong = wrongIn(list, [...standings.values()]);
    if (wrong !== undefined) yield violation('L1', wrong, list, healed);
  }
}

/** Keeps what each open list shows. */
export function followList(lists: Map<string, Line>, line: Line): void {
  const name = `${line.client} ${line.department}`;
  if (line.others === undefined) lists.delete(name);
  else lists.set(name, line);
}

/** What is wrong with a list, in words; undefined when nothing is. */
export function wrongIn(list: Line, standings: readonly Standing[]): string | undefined {
  const told = ({ conv, head }: { readonly conv: string; readonly head: number }) => `${conv} at ${head}`;
  const expected = standings.filter(
    ({ hotel, department, status }) =>
      hotel === list.hotel && department === list.department && status === 'open',
  );
  const [listed, stored] = [list.others ?? [], expected].map((each) => each.map(told).toSorted().join(', '));
  if (listed === stored) return undefined;
  return `${list.client} lists for ${list.department}: ${listed || 'nothing'}; stored is ${stored || 'nothing'}`;
}

function standingOf({ hotel = '', conv = '', head = 0, department = null, kind = '' }: Line): Standing {
  return { hotel, conv, head, department, status: kind };
}
