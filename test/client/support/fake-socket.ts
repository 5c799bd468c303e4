import type { Action } from '../../../protocol/requests.ts';

/** A request as it left the client. */
export interface Sent {
  readonly action: Action;
  readonly id: string;
  readonly [field: string]: unknown;
}

/** The client's end of a connection, in the hands of a test that plays the server. */
export class FakeSocket {
  readonly url: string;
  readonly protocols: readonly string[];
  /** Every request, in order. */
  readonly sent: Sent[] = [];
  state: 'connecting' | 'open' | 'closed' = 'connecting';
  /** Who closed it. */
  closedBy: 'client' | 'server' | undefined;
  onRequest: ((request: Sent) => void) | undefined;
  /** Answers the ping of a client that has nothing else to ask at once, and leaves it out of `sent`. */
  introduces = false;
  /** Who the connection is: told in the reply to each request that asks. */
  you: object | undefined = { hotelId: 'grand', userId: 'ana', name: 'Ana' };
  readonly #listeners = new Map<string, Set<(event: { data: unknown }) => void>>();

  constructor(url: string, protocols: string[]) {
    this.url = url;
    this.protocols = protocols;
  }

  addEventListener(type: string, listener: (event: { data: unknown }) => void): void {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
  }

  send(text: string): void {
    if (this.state === 'connecting') throw new Error('sent before it was open');
    if (this.state === 'closed') return;
    const request: unknown = JSON.parse(text);
    if (!isSent(request)) throw new Error(`not a request: ${text}`);
    if (this.introduces && request.action === 'ping' && !('heads' in request)) {
      return this.reply(request, { type: 'pong', at: '', heads: {}, inbox: {} });
    }
    this.sent.push(request);
    this.onRequest?.(request);
  }

  close(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.closedBy = 'client';
  }

  /** The token that was offered. */
  get token(): string | undefined {
    return this.protocols[1];
  }

  /** The handshake is answered with 101. */
  open(): void {
    if (this.state !== 'connecting') return;
    this.state = 'open';
    this.#emit('open');
  }

  /** The handshake is refused, or the connection is cut: a browser cannot tell. */
  end(): void {
    if (this.state === 'closed') return;
    this.state = 'closed';
    this.closedBy = 'server';
    this.#emit('error');
    this.#emit('close');
  }

  /** A frame of the server. */
  deliver(frame: object | string): void {
    if (this.state !== 'open') return;
    this.#emit('message', typeof frame === 'string' ? frame : JSON.stringify(frame));
  }

  /** The newest request of an action. */
  last(action: Action): Sent | undefined {
    return this.sent.findLast((request) => request.action === action);
  }

  /** All requests of an action. */
  all(action: Action): Sent[] {
    return this.sent.filter((request) => request.action === action);
  }

  /** Answers the newest request of an action. */
  answer(action: Action, reply: object): void {
    const request = this.last(action);
    if (request === undefined) throw new Error(`no ${action} was asked`);
    this.reply(request, reply);
  }

  /** Answers a request, with who the connection is if that was asked. */
  reply(request: Sent, reply: object): void {
    const you = request['who'] === true && this.you !== undefined ? { you: this.you } : {};
    this.deliver({ ...reply, id: request.id, ...you });
  }

  #emit(type: string, data?: unknown): void {
    for (const listener of this.#listeners.get(type) ?? []) listener({ data });
  }
}

function isSent(value: unknown): value is Sent {
  return typeof value === 'object' && value !== null && 'action' in value && 'id' in value;
}
