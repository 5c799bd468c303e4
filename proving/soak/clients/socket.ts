import { WebSocket } from 'ws';
import { identityIn } from './tokens.ts';
import type { Tap, TappedSocket } from '../../simulation/gateway/socket.ts';
import type { History } from '../../simulation/history/history.ts';
import { FrameRecord } from '../../simulation/history/record-frames.ts';
import type { ProbeSocket } from '../../simulation/clients/prober.ts';

export interface SocketDependencies {
  readonly history: History;
  readonly client: string;
  readonly tap: Tap;
  /** When the history began, in milliseconds since the epoch. */
  readonly startedAt: number;
  /** A new name for each connection: clients do not learn the gateway's. */
  readonly newName: () => string;
}

type Listener = (event: { readonly data: unknown }) => void;

/** A real socket of a client; everything that goes over it is in the history. */
export class RecordedSocket implements ProbeSocket, TappedSocket {
  readonly #deps: SocketDependencies;
  readonly #name: string;
  readonly #record: FrameRecord;
  readonly #socket: WebSocket;
  readonly #listeners = new Map<string, Listener[]>();
  #state: 'connecting' | 'open' | 'closed' = 'connecting';

  constructor(deps: SocketDependencies, url: string, protocols: string[]) {
    this.#deps = deps;
    this.#name = deps.newName();
    this.#record = new FrameRecord(deps.history, deps.client, this.#name);
    this.#socket = new WebSocket(url, protocols);
    this.#socket.on('open', () => this.#opened(protocols));
    this.#socket.on('message', (data: Buffer) => this.frame(data.toString()));
    this.#socket.on('close', () => this.#closed());
    // A `close` follows.
    this.#socket.on('error', () => undefined);
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  /** Whether something was asked on it that has no answer. */
  get awaitsAnswer(): boolean {
    return this.isOpen && this.#record.unanswered > 0;
  }

  /** Settled: nothing of it is left. */
  get isGone(): boolean {
    return this.#socket.readyState === WebSocket.CLOSED;
  }

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.set(type, [...(this.#listeners.get(type) ?? []), listener]);
  }

  send(text: string): void {
    if (!this.isOpen) return;
    const { tap } = this.#deps;
    const tapped = tap.outgoing ? tap.outgoing(text, this) : text;
    if (tapped === undefined) return;
    this.#record.outgoing(tapped);
    this.#socket.send(tapped, () => undefined);
  }

  close(code?: number): void {
    this.#socket.close(code);
    this.#closed();
  }

  /** The client's end of the connection is gone, at once and without a word. */
  cut(): void {
    this.#socket.terminate();
  }

  frame(text: string): void {
    if (!this.isOpen) return;
    const { tap } = this.#deps;
    const tapped = tap.incoming ? tap.incoming(text, this) : text;
    if (tapped === undefined) return;
    this.#record.incoming(tapped);
    this.#emit('message', tapped);
  }

  #opened(protocols: readonly string[]): void {
    if (this.#state !== 'connecting') return;
    this.#state = 'open';
    const { history, client, startedAt } = this.#deps;
    const identity = identityIn(protocols.at(-1) ?? '', startedAt);
    history.add({ type: 'ok', f: 'connect', conn: this.#name, client, ...identity });
    this.#emit('open');
  }

  /** Once, by whichever end. */
  #closed(): void {
    if (this.#state === 'closed') return;
    if (this.isOpen) {
      const { history, client } = this.#deps;
      history.add({ type: 'ok', f: 'closed', client, conn: this.#name });
    }
    this.#state = 'closed';
    this.#emit('close');
  }

  #emit(type: 'open' | 'close' | 'message', data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}
