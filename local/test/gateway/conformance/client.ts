import type { IncomingMessage } from 'node:http';
import { onTestFinished } from 'vitest';
import { WebSocket } from 'ws';

export interface ClientOptions {
  readonly protocols?: readonly string[];
  readonly headers?: Readonly<Record<string, string | string[]>>;
  /** With its question mark. */
  readonly query?: string;
}

interface CloseEvent {
  readonly code: number;
  readonly reason: string;
}

/** A browser's side of a connection: what it got, in order, and how it ended. */
export interface Client {
  readonly socket: WebSocket;
  readonly closed: Promise<CloseEvent>;
  /** The next text frame that nobody asked for yet; rejects when the connection closes instead. */
  next(): Promise<string>;
}

type Attempt =
  | { readonly outcome: 'open'; readonly client: Client; readonly response: IncomingMessage }
  | { readonly outcome: 'refused'; readonly response: IncomingMessage }
  /** The HTTP answer was a 101, and the client itself could not accept it. */
  | { readonly outcome: 'failed'; readonly response: IncomingMessage | undefined };

export interface PendingAttempt {
  readonly socket: WebSocket;
  readonly result: Promise<Attempt>;
}

/** Starts a handshake. The socket is gone when the test is over. */
export function attempt(url: string, options: ClientOptions = {}): PendingAttempt {
  const socket = new WebSocket(url + (options.query ?? ''), [...(options.protocols ?? [])], {
    headers: { ...options.headers },
    perMessageDeflate: false,
  });
  onTestFinished(() => socket.terminate());
  const client = clientOf(socket);
  const result = new Promise<Attempt>((resolve) => {
    let response: IncomingMessage | undefined;
    socket.on('upgrade', (upgrade) => (response = upgrade));
    socket.on('open', () => {
      if (response !== undefined) resolve({ outcome: 'open', client, response });
    });
    socket.on('unexpected-response', (_request, refusal) => {
      refusal.resume();
      resolve({ outcome: 'refused', response: refusal });
    });
    socket.on('error', () => resolve({ outcome: 'failed', response }));
  });
  return { socket, result };
}

function clientOf(socket: WebSocket): Client {
  const frames: string[] = [];
  const waiting: Array<{
    readonly resolve: (text: string) => void;
    readonly reject: (error: Error) => void;
  }> = [];
  const closed = new Promise<CloseEvent>((resolve) => {
    socket.on('close', (code, reason) => {
      resolve({ code, reason: reason.toString() });
      for (const { reject } of waiting.splice(0))
        reject(new Error(`closed with ${code} before the frame came`));
    });
  });
  socket.on('message', (data, isBinary) => {
    const text = isBinary || !Buffer.isBuffer(data) ? '(a binary frame)' : data.toString();
    const next = waiting.shift();
    if (next === undefined) frames.push(text);
    else next.resolve(text);
  });
  return {
    socket,
    closed,
    next() {
      const frame = frames.shift();
      if (frame !== undefined) return Promise.resolve(frame);
      if (socket.readyState >= WebSocket.CLOSING) return Promise.reject(new Error('closed already'));
      return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
    },
  };
}
