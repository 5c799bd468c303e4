import type { Socket, SocketConstructor } from '../../../client/index.ts';
import type { History } from '../history/history.ts';
import { FrameRecord } from '../history/record-frames.ts';
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
  outgoing?(text: string, socket: TappedSocket): string | undefined;
  incoming?(text: string, socket: TappedSocket): string | undefined;
}

/** What a tap may do with a socket: hand its client a frame as if it had come from the server. */
export interface TappedSocket {
  frame(text: string): void;
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
export class SimulatedSocket implements Socket, FarEnd, TappedSocket {
  readonly client: string;
  readonly line: Line;
  readonly #deps: SocketDependencies;
  readonly #tap: Tap;
  readonly #listeners = new Map<string, Listener[]>();
  readonly #record: FrameRecord;
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(deps: SocketDependencies, client: string, protocols: string[], tap: Tap) {
    this.client = client;
    this.#deps = deps;
    this.#tap = tap;
    this.line = deps.gateway.knock(this, protocols);
    this.#record = new FrameRecord(deps.history, client, this.line.id);
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
    this.#record.outgoing(tapped);
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
    this.#record.incoming(tapped);
    this.#emit('message', tapped);
  }

  closed(_code: number): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#emit('close');
  }

  #emit(type: 'open' | 'close' | 'message', data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}
