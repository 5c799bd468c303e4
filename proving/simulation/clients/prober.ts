import type { Socket } from '../../../client/index.ts';
import { summaryOf } from '../history/frames.ts';
import type { Facts, History } from '../history/history.ts';
import { hash } from '../kernel/random.ts';
import type { Counters } from './tab.ts';
import type { User } from './tokens.ts';

/** A socket of its own for a probe. */
export interface ProbeSocket extends Socket {
  readonly isOpen: boolean;
}

export interface ProberDependencies {
  readonly history: History;
  readonly counters: Counters;
  /** Opens a socket as a user, under a name that the history knows it by. */
  readonly open: (name: string, user: User, use: (socket: ProbeSocket) => void) => void;
  readonly after: (milliseconds: number, task: () => void) => unknown;
  /** A forged cursor was refused. */
  readonly refusedCursor: (cursor: string) => void;
}

const mostRepeats = 6;
const repeatMilliseconds = 3000;

/** A client that does not use the SDK and does what the SDK never would. Each probe is a connection of its own. */
export class Prober {
  readonly #deps: ProberDependencies;
  readonly #user: User;

  constructor(deps: ProberDependencies, user: User) {
    this.#deps = deps;
    this.#user = user;
  }

  /** One key, two texts, in any order and at once: one is stored, the other is refused. */
  conflict(conv: string, key: string, texts: readonly [string, string]): void {
    const ops = new Map(texts.map((text) => [String(++this.#deps.counters.operations), text]));
    for (const [id, text] of ops)
      this.#deps.history.add({ ...this.#facts(id, text, conv, key), type: 'invoke' });
    this.#probe(
      (socket) => {
        for (const [id, text] of ops) {
          const frame = { action: 'sendMessage', conversationId: conv, clientMessageId: key, text, id };
          socket.send(JSON.stringify(frame));
        }
      },
      (id, kind, seq, code) => {
        const text = ops.get(id);
        if (text === undefined) return;
        ops.delete(id);
        const facts = this.#facts(id, text, conv, key);
        if (kind === 'sent') this.#deps.history.add({ ...facts, type: 'ok', seq });
        if (kind === 'error') {
          const definite = code !== 'UNAVAILABLE' && code !== 'INTERNAL';
          this.#deps.history.add({ ...facts, type: definite ? 'fail' : 'info', err: code });
        }
      },
      {
        closed: () => {
          for (const [id, text] of ops) {
            this.#deps.history.add({ ...this.#facts(id, text, conv, key), type: 'info', err: 'UNKNOWN' });
          }
        },
      },
    );
  }

  /** Sends a message, and the same again and again, whatever has become of the sender's rights. */
  repeat(conv: string, key: string, text: string): void {
    const { history, counters, after } = this.#deps;
    const op = ++counters.operations;
    const facts = this.#facts(String(op), text, conv, key);
    history.add({ ...facts, type: 'invoke' });
    let ended = false;
    const end = (how: Pick<Facts, 'type' | 'seq' | 'err'>): void => {
      if (!ended) history.add({ ...facts, ...how });
      ended = true;
    };
    const frame = { action: 'sendMessage', conversationId: conv, clientMessageId: key, text };
    const send = (socket: ProbeSocket, time: number): void => {
      if (!socket.isOpen) return;
      socket.send(JSON.stringify({ ...frame, id: `${op}-${time}` }));
      if (time < mostRepeats) after(repeatMilliseconds, () => send(socket, time + 1));
    };
    this.#probe(
      (socket) => send(socket, 0),
      (_, kind, seq) => {
        if (kind === 'sent') end({ type: 'ok', seq });
      },
      {
        closed: () => end({ type: 'info', err: 'UNKNOWN' }),
        lifetime: (mostRepeats + 2) * repeatMilliseconds,
      },
    );
  }

  /** A cursor that no listing gave, or that belongs to another question. */
  forgeCursor(cursor: string): void {
    this.#probe(
      (socket) =>
        socket.send(JSON.stringify({ action: 'conversations', status: 'closed', cursor, id: 'forged' })),
      (id, kind, _, code) => {
        if (id !== 'forged') return;
        if (kind === 'error' && code === 'BAD_REQUEST') this.#deps.refusedCursor(cursor);
        else if (kind === 'conversations') {
          this.#deps.history.add({
            type: 'ok',
            f: 'unforeseen',
            err: `a forged cursor was taken: ${cursor}`,
          });
        }
      },
    );
  }

  /**
   * Subscribes to one conversation after the other until it is refused for their number, and then to the first again,
   * which it has already.
   */
  hoard(convs: readonly string[]): void {
    const [first] = convs;
    const left = [...convs];
    let socket: ProbeSocket | undefined;
    const subscribe = (conv: string | undefined): void => {
      if (conv === undefined || socket === undefined) return;
      socket.send(JSON.stringify({ action: 'subscribe', conversationId: conv, id: conv }));
    };
    let isFull = false;
    this.#probe(
      (opened) => {
        socket = opened;
        subscribe(left.shift());
      },
      (id, kind, _, code) => {
        // An event: it hears of others, too.
        if (id === '') return;
        if (isFull) return this.#mustBeSubscribed(id, kind);
        isFull = code === 'LIMIT';
        subscribe(isFull ? first : code === 'UNAVAILABLE' ? id : left.shift());
      },
    );
  }

  #mustBeSubscribed(id: string, kind: string): void {
    if (kind === 'subscribed') return;
    this.#deps.history.add({ type: 'ok', f: 'unforeseen', err: `${id} was not answered again, but ${kind}` });
  }

  /** Stays connected beyond what a connection may live, with a ping every `pause`; without one, it falls silent. */
  linger(pause: number | undefined): void {
    const { after } = this.#deps;
    const ping = (socket: ProbeSocket): void => {
      if (!socket.isOpen) return;
      socket.send(JSON.stringify({ action: 'ping' }));
      if (pause !== undefined) after(pause, () => ping(socket));
    };
    this.#probe(ping, () => {}, { lifetime: 3 * 3_600_000 });
  }

  #facts(id: string, text: string, conv: string, key: string) {
    const { hotel, id: user } = this.#user;
    const op = Number(id);
    return { f: 'send', op, conv, hotel, user, clientMsgId: key, bodyHash: hash(text) } as const;
  }

  #probe(
    act: (socket: ProbeSocket) => void,
    answered: (id: string, kind: string, seq: number, code: string) => void,
    { closed = () => {}, lifetime = 20_000 }: { closed?: () => void; lifetime?: number } = {},
  ): void {
    const { open, after, counters } = this.#deps;
    open(`prober-${++counters.operations}`, this.#user, (socket) => {
      socket.addEventListener('open', () => act(socket));
      socket.addEventListener('close', closed);
      socket.addEventListener('message', ({ data }) => {
        if (typeof data !== 'string') return;
        const { id = '', kind, seq = 0, code = '' } = summaryOf(data);
        answered(id, kind, seq, code);
      });
      after(lifetime, () => socket.close());
    });
  }
}
