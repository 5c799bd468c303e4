import { createHash } from 'node:crypto';

/** What happened. `invoke` starts an operation; `ok`, `fail` and `info` end it. */
export type What =
  | 'connect'
  | 'closed'
  | 'subscribe'
  | 'unsubscribe'
  | 'send'
  | 'attempt'
  | 'notify'
  | 'change'
  | 'frame'
  | 'display'
  | 'conversation'
  | 'caughtUp'
  | 'resync'
  | 'trimmed'
  | 'ended'
  | 'list'
  | 'standing'
  | 'stored'
  | 'row'
  | 'fault'
  | 'faultsOff'
  | 'unforeseen'
  | 'state'
  | 'open'
  | 'scan'
  | 'scanEntry'
  | 'scanRow'
  | 'end';

/**
 * One line of the history. `ok`: it was answered as done. `fail`: definitely refused, and nothing was written. `info`: no
 * answer; it may have happened, or happen at any later moment. What needs neither is `ok`.
 */
export interface Line {
  /** Position in the history, from 0. */
  readonly i: number;
  /** Milliseconds since the start, on the one clock of the world. */
  readonly t: number;
  readonly type: 'invoke' | 'ok' | 'fail' | 'info';
  readonly f: What;
  /** One life of one tab: a reload is another. */
  readonly client?: string;
  readonly conn?: string;
  readonly user?: string;
  readonly hotel?: string;
  readonly conv?: string;
  /** Links the end of an operation to its start. */
  readonly op?: number;
  /** The key of a send, where it was chosen by the workload. */
  readonly clientMsgId?: string;
  /** One subscription of a client. */
  readonly view?: number;
  readonly msgId?: string;
  readonly seq?: number;
  readonly bodyHash?: number;
  /** Of an entry: its kind, its id and its name, as the table has it or a screen shows it. */
  readonly sender?: string;
  readonly err?: string;
  /** Of a frame: its type, and the messages in it. */
  readonly kind?: string;
  readonly entries?: readonly EntryLine[];
  /** Of a conversation that is shown: its newest seq. */
  readonly head?: number;
  readonly department?: string | null;
  /** Of a routing: the department that the conversation left; absent when it had none. */
  readonly left?: string;
  readonly departments?: readonly string[];
  readonly role?: string;
  /** Of a connection: its token's `exp`, milliseconds since the start. */
  readonly expires?: number;
  readonly count?: number;
  /** Of an upstream event: what it wants under its id. */
  readonly wanted?: string;
  /** Of an upstream event with a time: how long before it was invoked that was, in milliseconds; negative when later. */
  readonly age?: number;
  /** Of a reply: when it was asked for. */
  readonly asked?: number;
  /** Of a conversation that is written: when it was, by the server's clock. */
  readonly updatedAt?: string;
  /** Of a list that is shown: whether there is nothing below it. */
  readonly complete?: boolean;
  /** Of a listing or a pong: the conversations that it tells of, each with its newest seq. */
  readonly others?: readonly { readonly conv: string; readonly head: number }[];
}

export interface EntryLine {
  readonly seq: number;
  readonly msgId: string;
  readonly bodyHash: number;
}

export type Facts = Omit<Line, 'i' | 't'>;

/** Who sent an entry, in one text. */
export function senderText({ kind, id, name }: Readonly<Record<string, unknown>>): string {
  return JSON.stringify([kind, id, name]);
}

/** Everything that happened, in its order: all that the checker knows. */
export class History {
  readonly lines: Line[] = [];
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Milliseconds since the start. */
  get now(): number {
    return this.#now();
  }

  add(facts: Facts): void {
    this.lines.push({ i: this.lines.length, t: this.now, ...facts });
  }
}

/** The history as JSON lines. */
export function jsonLines(lines: readonly Line[]): string {
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

/** The same for the same history, to the byte. */
export function fingerprint(lines: readonly Line[]): string {
  return createHash('sha256').update(jsonLines(lines)).digest('hex');
}
