import type { Duplex } from 'node:stream';
import { WebSocket, type RawData } from 'ws';
import type { Clock } from '../clock.ts';
import type { CloseStatus, ConnectionFacts } from './events.ts';
import { FrameScanner } from './frame-scanner.ts';
import type { GatewayLimits } from './limits.ts';
import { MessageShare } from './message-share.ts';
import { textFrame } from './text-frame.ts';

export interface ConnectionOptions {
  readonly facts: ConnectionFacts;
  readonly socket: WebSocket;
  /** The stream below `socket`; nothing may have been read from it yet. */
  readonly stream: Duplex;
  readonly clock: Clock;
  readonly limits: GatewayLimits;
  /** Settles when the message is answered, or never will be; the connection's share of unanswered ones counts until then. */
  readonly onMessage: (connection: Connection, body: string) => Promise<void>;
  /** Called once, when the connection has ended for whatever reason; the TCP connection may outlive it a little. */
  readonly onEnd: (connection: Connection, status: CloseStatus) => void;
}

/** `full`: too much waits for this client already. `gone`: the connection has ended. */
export type SendOutcome = 'sent' | 'full' | 'gone';

/** What API Gateway reports when the client's close frame had no status. */
const noStatusReason = 'Client-side close frame status not set';

/** An open WebSocket held to the limits of API Gateway. */
export class Connection {
  readonly facts: ConnectionFacts;
  readonly #options: ConnectionOptions;
  readonly #scanner: FrameScanner;
  readonly #share: MessageShare;
  #lastActiveAt: number;
  #messages = 0;
  #ended = false;
  #cancelExpiry: () => void = () => {};

  constructor(options: ConnectionOptions) {
    const { socket, stream, limits, clock } = options;
    this.facts = options.facts;
    this.#options = options;
    this.#scanner = new FrameScanner(limits.frameBytes);
    this.#share = new MessageShare({
      most: limits.unansweredMessages,
      handle: (body) => options.onMessage(this, body),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    this.#lastActiveAt = clock.now();
    // The scanner sees each chunk before `ws` does, and its verdict falls once `ws` has emitted the messages before.
    stream.prependListener('data', (chunk: Buffer) => this.#scanner.scan(chunk));
    stream.on('data', () => this.#closeWhenOversized());
    socket.on('message', (data, isBinary) => this.#receive(data, isBinary));
    socket.on('error', (error) => this.#end({ code: statusOfProtocolError(error), reason: '' }));
    socket.on('close', (code, reason) =>
      this.#end({ code, reason: code === 1005 ? noStatusReason : reason.toString() }),
    );
    this.#awaitExpiry();
  }

  /** Milliseconds since the epoch at which a data frame last went either way. */
  get lastActiveAt(): number {
    return this.#lastActiveAt;
  }

  /** Queues one text message behind those before it; a `Buffer` must hold UTF-8. */
  send(text: string | Buffer): SendOutcome {
    const { socket, stream, limits, clock } = this.#options;
    if (this.#ended || socket.readyState !== WebSocket.OPEN) return 'gone';
    const payload = typeof text === 'string' ? Buffer.from(text) : text;
    if (socket.bufferedAmount + payload.length > limits.sendBufferBytes) return 'full';
    // Not by `socket.send`, which writes head and payload apart: of a small frame the writing is what costs.
    stream.write(textFrame(payload));
    this.#lastActiveAt = clock.now();
    return 'sent';
  }

  /** Sends a close frame behind what is queued and ends the connection at once. */
  close(code: number, reason: string): void {
    this.#options.socket.close(code, reason);
    this.#end({ code, reason });
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.#messages += 1;
    const oversized = this.#scanner.oversizedMessage ?? Infinity;
    if (this.#ended || this.#messages >= oversized) return;
    this.#lastActiveAt = this.#options.clock.now();
    if (isBinary || !Buffer.isBuffer(data)) this.close(1003, '');
    else this.#share.take(data.toString());
  }

  #closeWhenOversized(): void {
    if (!this.#ended && this.#scanner.oversizedMessage !== undefined) this.close(1009, '');
  }

  /** One timer a connection: it looks again when there was traffic meanwhile. */
  #awaitExpiry(): void {
    const { clock, limits } = this.#options;
    const idleAt = this.#lastActiveAt + limits.idleMilliseconds;
    const expiresAt = Math.min(idleAt, this.facts.connectedAt + limits.connectionMilliseconds);
    const remaining = expiresAt - clock.now();
    if (remaining <= 0) this.close(1001, 'Going away');
    else this.#cancelExpiry = clock.after(remaining, () => this.#awaitExpiry());
  }

  #end(status: CloseStatus): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#share.end();
    this.#cancelExpiry();
    this.#options.onEnd(this, status);
  }
}

/** The code of the close frame that `ws` sends when a client breaks the protocol or exceeds the message limit. */
function statusOfProtocolError(error: Error): number {
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('WS_ERR_UNSUPPORTED_')) return 1009;
  if (code === 'WS_ERR_INVALID_UTF8') return 1007;
  return code.startsWith('WS_ERR_') ? 1002 : 1006;
}
