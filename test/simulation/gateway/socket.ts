import type { Socket, SocketConstructor } from '../../../client/index.ts';
import type { History } from '../history/history.ts';
import { fieldsOf, summaryOf } from '../history/frames.ts';
import { parseJson } from '../../../protocol/codec.ts';
import { hash } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import type { SimulatedGateway } from './gateway.ts';
import type { FarEnd, Line } from './line.ts';

export interface SocketDependencies {
  readonly gateway: SimulatedGateway;
  readonly scheduler: Scheduler;
  readonly history: History;
}

/** What a client's socket may be made to do with a frame, on its way in or out. A planted bug changes it. */
export interface Tap {
  outgoing?(text: string, socket: SimulatedSocket): string | undefined;
  incoming?(text: string, socket: SimulatedSocket): string | undefined;
}

type Listener = (event: { readonly data: unknown }) => void;

/** The sockets of one client; `closeAll` is what happens to them when its tab goes. */
export class Sockets {
  readonly all: SimulatedSocket[] = [];
  readonly WebSocket: SocketConstructor;
  #offline = false;

  constructor(deps: SocketDependencies, client: string, tap: Tap = {}) {
    const add = (socket: SimulatedSocket): void => {
      this.all.push(socket);
      if (this.#offline) socket.line.up.break();
    };
    this.WebSocket = class extends SimulatedSocket {
      constructor(_url: string, protocols: string[]) {
        super(deps, client, protocols, tap);
        add(this);
      }
    };
  }

  /** Cuts every socket, and lets no handshake arrive, until `goOnline`. */
  goOffline(): void {
    this.#offline = true;
    for (const socket of this.open) socket.reset();
  }

  goOnline(): void {
    this.#offline = false;
  }

  get open(): SimulatedSocket[] {
    return this.all.filter(({ isOpen }) => isOpen);
  }
}

/** The client's end of a connection, with what the client uses of a WebSocket. */
export class SimulatedSocket implements Socket, FarEnd {
  readonly client: string;
  readonly line: Line;
  readonly #deps: SocketDependencies;
  readonly #tap: Tap;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #asked = new Map<string, number>();
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(deps: SocketDependencies, client: string, protocols: string[], tap: Tap) {
    this.client = client;
    this.#deps = deps;
    this.#tap = tap;
    this.line = deps.gateway.knock(this, protocols);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    if (this.#state !== 'open') return;
    const tapped = this.#tap.outgoing ? this.#tap.outgoing(text, this) : text;
    if (tapped === undefined) return;
    this.#record(tapped);
    this.line.up.send(() => this.#deps.gateway.receive(this.line, tapped));
  }

  /** Closed by the client. */
  close(code = 1005): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.line.up.send(() => this.line.ended(code));
    this.line.down.break();
    this.#emit('close');
  }

  /** The network between both ends is cut: the client learns it now. */
  reset(): void {
    this.line.up.break();
    this.line.down.break();
    this.closed(1006);
  }

  opened(): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    this.#emit('open');
  }

  refused(): void {
    this.closed(1006);
  }

  frame(text: string): void {
    if (this.#state !== 'open') return;
    const tapped = this.#tap.incoming ? this.#tap.incoming(text, this) : text;
    if (tapped === undefined) return;
    const { kind, id, conv, entries, head, others, code } = summaryOf(tapped);
    const asked = id === undefined ? undefined : this.#asked.get(id);
    if (id !== undefined) this.#asked.delete(id);
    this.#deps.history.add({
      type: 'ok',
      f: 'frame',
      client: this.client,
      conn: this.line.id,
      kind,
      entries,
      ...(conv === undefined ? {} : { conv }),
      ...(head === undefined ? {} : { head }),
      ...(code === undefined ? {} : { err: code }),
      ...(asked === undefined ? {} : { asked }),
      ...(others.length === 0 ? {} : { others }),
    });
    this.#emit('message', tapped);
  }

  closed(_code: number): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#emit('close');
  }

  /** When each request was sent; who listens to what goes into the history as well. */
  #record(text: string): void {
    const { action, conversationId, id, text: body } = fieldsOf(parseJson(text));
    if (typeof id === 'string') this.#asked.set(id, this.#deps.history.now);
    if (action === 'sendMessage' && typeof conversationId === 'string' && typeof body === 'string') {
      const attempt = { client: this.client, conn: this.line.id, conv: conversationId, bodyHash: hash(body) };
      this.#deps.history.add({ ...attempt, type: 'invoke', f: 'attempt' });
    }
    if ((action === 'subscribe' || action === 'unsubscribe') && typeof conversationId === 'string') {
      const { client, line } = this;
      this.#deps.history.add({ type: 'invoke', f: action, client, conn: line.id, conv: conversationId });
    }
  }

  #emit(type: 'open' | 'close' | 'message', data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}
