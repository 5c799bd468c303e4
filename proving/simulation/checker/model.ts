import type { Line } from '../history/history.ts';
import { keyOf } from './key-of.ts';
import { Moments, momentsIn } from './moments.ts';

/** A conversation as the last look at the table shows it, and as it grew. */
export interface ConversationModel {
  readonly key: string;
  readonly hotel: string;
  readonly conv: string;
  /** By seq. */
  readonly log: Map<number, Line>;
  /** Its department after each entry; at 0 the one that it was created in. */
  departments: (string | null)[];
  head: number;
  /** By seq, the lines that tell of an entry's write, where the table tells of its writes. */
  readonly storedAt: Map<number, Line>;
  moments: Moments;
}

/** A connection, with the rights that its token gave it. */
export interface ConnectionModel {
  readonly conn: string;
  readonly client: string;
  readonly hotel: string;
  readonly user: string;
  readonly role: string;
  readonly departments: readonly string[];
  readonly expires: number;
}

/** One subscription of one client, from its start to its end. */
export interface ViewModel {
  readonly view: number;
  readonly client: string;
  readonly key: string;
  readonly opened: Line;
  /** Everything that the app was told, in its order. */
  readonly told: Line[];
  ended?: Line;
}

/** An operation with its start and its end. */
export interface OperationModel {
  readonly op: number;
  readonly invoked: Line;
  /** The first definite answer, or else the last `info`. */
  ended?: Line;
}

/** A history, sorted by what it is about. */
export interface Model {
  readonly lines: readonly Line[];
  readonly conversations: ReadonlyMap<string, ConversationModel>;
  readonly connections: ReadonlyMap<string, ConnectionModel>;
  readonly views: readonly ViewModel[];
  readonly operations: readonly OperationModel[];
  readonly frames: readonly Line[];
  /** How often each message of staff was sent, by its text. */
  readonly attempts: ReadonlyMap<number, number>;
  /** From here on everything must be prompt; undefined when there was no calm. */
  readonly calmFrom: Line | undefined;
}

export function modelOf(lines: readonly Line[]): Model {
  const conversations = new Map<string, ConversationModel>();
  const connections = new Map<string, ConnectionModel>();
  const views = new Map<number, ViewModel>();
  const operations = new Map<number, OperationModel>();
  const frames: Line[] = [];
  const attempts = new Map<number, number>();
  let calmFrom: Line | undefined;
  for (const line of lines) {
    const { f } = line;
    if (f === 'stored') conversationIn(conversations, line).storedAt.set(line.seq ?? 0, line);
    else if (f === 'scanEntry') conversationIn(conversations, line).log.set(line.seq ?? 0, line);
    else if (f === 'scan') conversationIn(conversations, line).head = line.head ?? 0;
    else if (f === 'connect') connections.set(line.conn ?? '', connectionOf(line));
    else if (f === 'frame') frames.push(line);
    else if (f === 'attempt') attempts.set(line.bodyHash ?? 0, (attempts.get(line.bodyHash ?? 0) ?? 0) + 1);
    else if (f === 'send' || f === 'notify' || f === 'change') operate(operations, line);
    else if (f === 'faultsOff' && line.kind === 'calm') calmFrom ??= line;
    else if (line.view !== undefined) watch(views, line, line.view);
  }
  for (const conversation of conversations.values())
    conversation.departments = departmentsOf(conversation, lines);
  for (const [key, moments] of momentsIn(lines, conversations, connections)) {
    const conversation = conversations.get(key);
    if (conversation) conversation.moments = moments;
  }
  return {
    lines,
    conversations,
    connections,
    views: [...views.values()],
    operations: [...operations.values()],
    frames,
    attempts,
    calmFrom,
  };
}

const noMoments = new Moments(new Map(), new Map(), 0);

function conversationIn(
  all: Map<string, ConversationModel>,
  { hotel = '', conv = '' }: Line,
): ConversationModel {
  const key = keyOf(hotel, conv);
  const found = all.get(key) ?? {
    key,
    hotel,
    conv,
    log: new Map<number, Line>(),
    departments: [],
    head: 0,
    storedAt: new Map<number, Line>(),
    moments: noMoments,
  };
  all.set(key, found);
  return found;
}

/** Backward from what it is at the end: each routing says where it came from. */
function departmentsOf({ log, head, key }: ConversationModel, lines: readonly Line[]): (string | null)[] {
  const scan = lines.findLast((line) => line.f === 'scan' && keyOf(line.hotel, line.conv) === key);
  let current = scan?.department ?? null;
  const departments: (string | null)[] = [];
  for (let seq = head; seq >= 0; seq--) {
    departments[seq] = current;
    const entry = log.get(seq);
    if (entry?.kind === 'routed') current = entry.left ?? null;
  }
  return departments;
}

function connectionOf(line: Line): ConnectionModel {
  return {
    conn: line.conn ?? '',
    client: line.client ?? '',
    hotel: line.hotel ?? '',
    user: line.user ?? '',
    role: line.role ?? '',
    departments: line.departments ?? [],
    expires: line.expires ?? Number.POSITIVE_INFINITY,
  };
}

function watch(views: Map<number, ViewModel>, line: Line, view: number): void {
  const known = views.get(view);
  if (line.f === 'open') {
    views.set(view, {
      view,
      client: line.client ?? '',
      key: keyOf(line.hotel, line.conv),
      opened: line,
      told: [],
    });
  } else if (line.f === 'ended') {
    if (known) known.ended ??= line;
  } else known?.told.push(line);
}

function operate(operations: Map<number, OperationModel>, line: Line): void {
  if (line.op === undefined) return;
  const known = operations.get(line.op);
  if (line.type === 'invoke') operations.set(line.op, { op: line.op, invoked: line });
  else if (known && (known.ended === undefined || known.ended.type === 'info')) known.ended = line;
}

export function grouped<T>(items: readonly T[], keyOfItem: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOfItem(item));
    if (group) group.push(item);
    else groups.set(keyOfItem(item), [item]);
  }
  return groups;
}

/** Whether a connection's token lets it see a conversation in that department. */
export function maySee({ role, departments }: Rights, department: string | null | undefined): boolean {
  return role === 'manager' || (typeof department === 'string' && (departments ?? []).includes(department));
}

/** A connection has them from its token, and the rows of a connection from it. */
export interface Rights {
  readonly role?: string;
  readonly departments?: readonly string[];
}

/** The newest connection of each client at some line. */
export function rightsAt(
  connections: ReadonlyMap<string, ConnectionModel>,
  lines: readonly Line[],
  at: number,
): Map<string, ConnectionModel> {
  const newest = new Map<string, ConnectionModel>();
  for (const line of lines) {
    if (line.i >= at) break;
    if (line.f !== 'connect') continue;
    const connection = connections.get(line.conn ?? '');
    if (connection) newest.set(connection.client, connection);
  }
  return newest;
}
