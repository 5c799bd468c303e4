import type { Message } from '../../../protocol/model.ts';
import type { ManualClock } from '../../../local/test/support/manual-clock.ts';
import { FakeSocket, type Sent } from './fake-socket.ts';

/** Chances from 0 to 1. */
export interface Faults {
  /** A frame to a client is lost. */
  loseFrame: number;
  /** An event is delivered twice. */
  doubleEvent: number;
  /** A request is refused with `UNAVAILABLE`; half of them after it was done. */
  unavailable: number;
  /** A request is answered by API Gateway's own frame; half of them after it was done. */
  fault: number;
  /** A handshake fails. */
  refuseHandshake: number;
}

export const noFaults: Faults = {
  loseFrame: 0,
  doubleEvent: 0,
  unavailable: 0,
  fault: 0,
  refuseHandshake: 0,
};

/** Whoever connects. */
const ana = { hotelId: 'grand', userId: 'ana' };

/** Numbers from a seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * A server of one department that keeps what the protocol promises and nothing more: requests run in any order, events
 * come late, twice, in another order, or not at all.
 */
export class ModelServer {
  readonly log = new Map<string, Message[]>();
  readonly sockets: FakeSocket[] = [];
  faults: Faults;
  /** The most messages of one page. */
  readonly pageSize = 4;
  readonly #clock: ManualClock;
  readonly #random: () => number;

  constructor(clock: ManualClock, random: () => number, faults: Faults) {
    this.#clock = clock;
    this.#random = random;
    this.faults = faults;
  }

  /** A WebSocket class whose sockets end here. */
  get WebSocket(): new (url: string, protocols: string[]) => FakeSocket {
    const connect = (socket: FakeSocket): void => this.#connect(socket);
    return class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        connect(this);
      }
    };
  }

  /** A guest writes. */
  write(conversationId: string): void {
    this.#append(conversationId, `guest-${this.#entries(conversationId).length}`, 'guest', undefined);
  }

  /** Cuts one of the open connections. */
  cut(): void {
    const open = this.sockets.filter(({ state }) => state === 'open');
    open[Math.floor(this.#random() * open.length)]?.end();
  }

  #connect(socket: FakeSocket): void {
    this.sockets.push(socket);
    socket.onRequest = (request) => this.#soon(() => this.#serve(socket, request));
    this.#soon(() => (this.#happens('refuseHandshake') ? socket.end() : socket.open()));
  }

  #serve(socket: FakeSocket, request: Sent): void {
    const fails = this.#happens('unavailable') ? 'unavailable' : this.#happens('fault') ? 'fault' : undefined;
    const done = fails === undefined || this.#random() < 0.5 ? this.#perform(socket, request) : {};
    const reply =
      fails === 'unavailable'
        ? { type: 'error', code: 'UNAVAILABLE', message: '', retry: 'backoff', id: request.id, you: ana }
        : fails === 'fault'
          ? { message: 'Internal server error', connectionId: 'c', requestId: 'r' }
          : { ...done, id: request.id, ...(request['who'] === true ? { you: ana } : {}) };
    this.#post(socket, reply);
  }

  #perform(socket: FakeSocket, request: Sent): object {
    const id = String(request['conversationId']);
    const entries = this.#entries(id);
    const page = (after: number) => {
      const messages = entries.slice(after, after + this.pageSize);
      return { messages, first: 1, more: after + messages.length < entries.length };
    };
    if (request.action === 'subscribe') {
      const conversation = conversationOf(id, entries);
      return { type: 'subscribed', conversation, ...page(Number(request['since'] ?? 0)) };
    }
    if (request.action === 'history') {
      return { type: 'history', conversationId: id, ...page(Number(request['after'])) };
    }
    if (request.action === 'sendMessage') {
      return this.#send(socket, id, String(request['clientMessageId']), String(request['text']));
    }
    return { type: 'pong', at: '', heads: this.#differing(request['heads']), inbox: {} };
  }

  #differing(asked: unknown): object {
    const heads: [string, unknown][] = Object.entries(asked ?? {});
    const lengths = heads.map(([id, seq]) => [id, seq, this.#entries(id).length] as const);
    return Object.fromEntries(lengths.flatMap(([id, seq, length]) => (seq === length ? [] : [[id, length]])));
  }

  #send(socket: FakeSocket, conversationId: string, clientMessageId: string, text: string): object {
    const known = this.#entries(conversationId).find(({ id }) => id === clientMessageId);
    const entry = known ?? this.#append(conversationId, clientMessageId, text, socket);
    const { seq, sentAt } = entry;
    return { type: 'sent', conversationId, clientMessageId, seq, sentAt, duplicate: known !== undefined };
  }

  #append(conversationId: string, id: string, text: string, from: FakeSocket | undefined): Message {
    const entries = this.#entries(conversationId);
    const sentAt = new Date(this.#clock.now()).toISOString();
    const sender = {
      kind: from === undefined ? 'guest' : 'staff',
      id: from === undefined ? 'gil' : 'ana',
    } as const;
    const message: Message = { conversationId, seq: entries.length + 1, id, sender, text, sentAt };
    entries.push(message);
    for (const socket of this.sockets) {
      if (socket === from || socket.state !== 'open') continue;
      this.#post(socket, { type: 'message', message });
      if (this.#happens('doubleEvent')) this.#post(socket, { type: 'message', message });
    }
    return message;
  }

  #entries(conversationId: string): Message[] {
    const entries = this.log.get(conversationId) ?? [];
    this.log.set(conversationId, entries);
    return entries;
  }

  #post(socket: FakeSocket, frame: object): void {
    if (!this.#happens('loseFrame')) this.#soon(() => socket.deliver(frame));
  }

  #soon(task: () => void): void {
    this.#clock.after(Math.floor(this.#random() ** 3 * 2000), task);
  }

  #happens(fault: keyof Faults): boolean {
    return this.#random() < this.faults[fault];
  }
}

function conversationOf(id: string, entries: readonly Message[]) {
  const updatedAt = entries.at(-1)?.sentAt ?? '';
  return {
    id,
    department: 'front-desk',
    status: 'open',
    guest: { id: 'gil' },
    head: entries.length,
    updatedAt,
  };
}
