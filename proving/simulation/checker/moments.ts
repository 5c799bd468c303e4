import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { type ConnectionModel, type ConversationModel } from './model.ts';

/**
 * When each entry of a log was stored: not before one line of the history, and not after another.
 *
 * Where the table tells of its writes, both are the same line. Otherwise an entry is stored after somebody began to
 * write it, and before anybody saw it. Entries are stored in the order of their numbers.
 */
export class Moments {
  readonly #from: readonly (Line | undefined)[];
  readonly #by: readonly (Line | undefined)[];

  /** What is known of each entry, by seq; the order of the entries says the rest. */
  constructor(from: ReadonlyMap<number, Line>, by: ReadonlyMap<number, Line>, head: number) {
    const earliest: (Line | undefined)[] = [];
    const latest: (Line | undefined)[] = [];
    for (let seq = 1; seq <= head; seq++) earliest[seq] = later(earliest[seq - 1], from.get(seq));
    for (let seq = head; seq >= 1; seq--) latest[seq] = sooner(latest[seq + 1], by.get(seq));
    this.#from = earliest;
    this.#by = latest;
  }

  /** The newest entry that may have been stored when a line was written. */
  possible({ i }: Line): number {
    return lastWhere(this.#from, (line) => line === undefined || line.i <= i);
  }

  /** The newest entry that had certainly been stored at a time. */
  certain(t: number): number {
    return lastWhere(this.#by, (line) => line !== undefined && line.t <= t);
  }

  /** The line by which an entry had been stored. */
  by(seq: number): Line | undefined {
    return this.#by[seq];
  }
}

function later(one: Line | undefined, other: Line | undefined): Line | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.i > other.i ? one : other;
}

function sooner(one: Line | undefined, other: Line | undefined): Line | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return one.i < other.i ? one : other;
}

/** The last seq for which it holds, of which it holds for all up to some number; 0 for none. */
function lastWhere(lines: readonly (Line | undefined)[], holds: (line: Line | undefined) => boolean): number {
  let [low, high] = [0, Math.max(0, lines.length - 1)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (holds(lines[middle])) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Reads out of a history when each entry was stored. */
export function momentsIn(
  lines: readonly Line[],
  conversations: ReadonlyMap<string, ConversationModel>,
  connections: ReadonlyMap<string, ConnectionModel>,
): Map<string, Moments> {
  const told = [...conversations.values()].some(({ storedAt }) => storedAt.size > 0);
  const seen = told ? undefined : new Seen(lines, connections);
  return new Map(
    [...conversations.values()].map((conversation) => {
      const { key, storedAt, log, head } = conversation;
      const last = Math.max(head, ...storedAt.keys(), ...log.keys());
      if (seen === undefined) return [key, new Moments(storedAt, storedAt, last)];
      return [key, new Moments(seen.begun(conversation), seen.by.get(key) ?? new Map(), last)];
    }),
  );
}

/** What everybody saw, and when each text was written. */
class Seen {
  /** By conversation and seq: the first line that shows the entry. */
  readonly by = new Map<string, Map<number, Line>>();
  /** By conversation and text: the line that began to write it. */
  readonly #begun = new Map<string, Line>();
  readonly #connections: ReadonlyMap<string, ConnectionModel>;

  constructor(lines: readonly Line[], connections: ReadonlyMap<string, ConnectionModel>) {
    this.#connections = connections;
    for (const line of lines) this.#read(line);
  }

  begun({ key, log }: ConversationModel): Map<number, Line> {
    const from = new Map<number, Line>();
    for (const [seq, { bodyHash, kind }] of log) {
      const begun = kind === undefined ? this.#begun.get(`${key} ${bodyHash}`) : undefined;
      if (begun) from.set(seq, begun);
    }
    return from;
  }

  #read(line: Line): void {
    const { f, type, hotel, conv, bodyHash } = line;
    if (f === 'frame') return this.#readFrame(line);
    if (conv === undefined) return;
    const key = keyOf(hotel, conv);
    if (type === 'invoke' && (f === 'send' || f === 'notify')) {
      const name = `${key} ${bodyHash}`;
      if (!this.#begun.has(name)) this.#begun.set(name, line);
    } else if (f === 'scan') this.#see(key, line.head, line);
    else if (type === 'ok' && (f === 'send' || f === 'notify' || f === 'display')) {
      this.#see(key, line.seq, line);
    }
  }

  #readFrame(line: Line): void {
    const hotel = this.#connections.get(line.conn ?? '')?.hotel;
    const newest = Math.max(line.head ?? 0, ...(line.entries ?? []).map(({ seq }) => seq));
    if (line.conv !== undefined) this.#see(keyOf(hotel, line.conv), newest, line);
    for (const { conv, head } of line.others ?? []) this.#see(keyOf(hotel, conv), head, line);
  }

  #see(key: string, seq: number | undefined, line: Line): void {
    if (seq === undefined || seq === 0) return;
    const entries = this.by.get(key) ?? new Map<number, Line>();
    this.by.set(key, entries);
    if (!entries.has(seq)) entries.set(seq, line);
  }
}
