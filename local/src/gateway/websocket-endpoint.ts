import { STATUS_CODES, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { Connection } from './connection.ts';
import type { ApiContext } from './context.ts';
import { errorFrameOf } from './error-frame.ts';
import { disconnectEvent, type CloseStatus, type ConnectionFacts } from './events.ts';
import { decideHandshake, type HandshakeDecision } from './handshake.ts';
import { newId } from './ids.ts';
import { invokeRoute, within } from './integration.ts';
import { handleMessage } from './messages.ts';
import { readUpgradeRequest, type HandshakeRefusal } from './upgrade-request.ts';

type Acceptance = Exclude<HandshakeDecision, { readonly refusal: HandshakeRefusal }>;

const unavailable: HandshakeRefusal = { status: 503, message: 'Service Unavailable' };

/** Takes handshakes, and keeps the connections that come of them until they end. */
export class WebSocketEndpoint {
  readonly #context: ApiContext;
  readonly #websockets: WebSocketServer;
  readonly #connections = new Map<string, Connection>();
  /** The sub-protocol that `$connect` chose, for the moment in which `ws` asks for it. */
  readonly #protocols = new WeakMap<IncomingMessage, string>();
  readonly #streams = new Set<Duplex>();
  /** Handshakes, open streams and `$disconnect` invocations: what `stop` waits for. */
  readonly #unfinished = new Set<Promise<void>>();
  #stopping = false;

  constructor(context: ApiContext) {
    this.#context = context;
    this.#websockets = new WebSocketServer({
      noServer: true,
      clientTracking: false,
      perMessageDeflate: false,
      maxPayload: context.limits.messageBytes,
      handleProtocols: (_offered, request) => this.#protocols.get(request) ?? false,
    });
  }

  /** Open connections by id; one that is still in its handshake is not among them. */
  get connections(): ReadonlyMap<string, Connection> {
    return this.#connections;
  }

  upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => stream.destroy());
    this.#streams.add(stream);
    this.#track(
      new Promise((resolve) => {
        stream.once('close', () => {
          this.#streams.delete(stream);
          resolve();
        });
      }),
    );
    this.#track(
      this.#handshake(request, stream, head).catch((error: unknown) => {
        this.#context.log(`a handshake failed: ${String(error)}`);
        stream.destroy();
      }),
    );
  }

  /** Closes every connection with 1001 and waits, within `limits.stopMilliseconds`, until all have gone for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    for (const connection of this.#connections.values()) connection.close(1001, 'Going away');
    await within(this.#context.clock, this.#context.limits.stopMilliseconds, this.#settled());
    for (const stream of this.#streams) stream.destroy();
  }

  async #handshake(request: IncomingMessage, stream: Duplex, head: Buffer): Promise<void> {
    const upgrade = this.#stopping ? { refusal: unavailable } : readUpgradeRequest(request, this.#context);
    if ('refusal' in upgrade) {
      this.#refuse(stream, upgrade.refusal, newId(this.#context.random));
      return;
    }
    const decision = await decideHandshake(this.#context, upgrade);
    if ('refusal' in decision) this.#refuse(stream, decision.refusal, decision.facts.connectionId);
    else this.#open(request, stream, head, decision);
  }

  #refuse(stream: Duplex, { status, message }: HandshakeRefusal, connectionId: string): void {
    const body = errorFrameOf(this.#context, message, connectionId);
    stream.once('finish', () => stream.destroy());
    stream.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n` +
        'Connection: close\r\n' +
        'Content-Type: application/json\r\n' +
        `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
    );
  }

  #open(request: IncomingMessage, stream: Duplex, head: Buffer, { facts, protocol }: Acceptance): void {
    if (protocol !== undefined) this.#protocols.set(request, protocol);
    let opened = false;
    this.#websockets.handleUpgrade(request, stream, head, (socket) => {
      opened = true;
      this.#keep(facts, socket, stream);
    });
    // `$connect` admitted a client that had gone meanwhile: to the application it is a connection that broke at once.
    if (!opened) this.#track(this.#disconnect(facts, { code: 1006, reason: '' }));
  }

  #keep(facts: ConnectionFacts, socket: WebSocket, stream: Duplex): void {
    const connection = new Connection({
      facts,
      socket,
      stream,
      clock: this.#context.clock,
      limits: this.#context.limits,
      onMessage: (from, body) => this.#route(from, body),
      onEnd: (ended, status) => {
        this.#connections.delete(ended.facts.connectionId);
        this.#track(this.#disconnect(facts, status));
      },
    });
    this.#connections.set(facts.connectionId, connection);
    if (this.#stopping) connection.close(1001, 'Going away');
  }

  async #route(connection: Connection, body: string): Promise<void> {
    try {
      await handleMessage(this.#context, connection, body);
    } catch (error) {
      this.#context.log(`a message of ${connection.facts.connectionId} failed: ${String(error)}`);
    }
  }

  async #disconnect(facts: ConnectionFacts, status: CloseStatus): Promise<void> {
    const route = this.#context.routes.get('$disconnect');
    if (route === undefined) return;
    const { payload } = disconnectEvent(this.#context, facts, status);
    await invokeRoute(this.#context, facts, route, payload);
  }

  #track(work: Promise<void>): void {
    this.#unfinished.add(work);
    void work.finally(() => this.#unfinished.delete(work));
  }

  async #settled(): Promise<void> {
    while (this.#unfinished.size > 0) await Promise.allSettled(this.#unfinished);
  }
}
