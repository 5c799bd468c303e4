import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { jsonAnswer, type HttpAnswer } from './http-answer.ts';
import { listenLocally } from './listen.ts';
import { openPlainLane, type LaneConnection, type TakeRequest } from './plain-lane.ts';
import type { PlainRequest } from './plain-request.ts';
import { guarded, requestGuard, type RequestGuard } from './request-guard.ts';

/** A request that has come as a whole, whichever way it was read. */
export interface HttpRequest {
  readonly method: string;
  /** Path and query, as they came. */
  readonly url: string;
  /** Undefined when it is longer than `maximumBodyBytes`; what is too long is not kept. */
  readonly body: Buffer | undefined;
  /** By lower-case name. */
  readonly headers: { get(name: string): string | undefined };
}

/** To be called once, at once or later. */
export type Reply = (answer: HttpAnswer) => void;

export interface ListenOptions {
  /** On 127.0.0.1; a free one when absent or 0. */
  readonly port?: number;
  /** Whom the port answers; by default programs that name it as an address of this machine. */
  readonly guard?: RequestGuard;
  readonly maximumBodyBytes: number;
  /**
   * How long an idle connection stays open. As long as its client wants when absent or 0: an execution environment that is
   * frozen for minutes must find its connection as it left it.
   */
  readonly keepAliveMilliseconds?: number;
}

export interface ServeOptions extends ListenOptions {
  /** Answers every request that the guard lets through. */
  readonly answer: (request: HttpRequest, reply: Reply) => void;
  /** Takes what asks for another protocol, which the guard has not looked at. */
  readonly upgrade?: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  /** Serves HTTPS, with this key and certificate in PEM. */
  readonly secure?: { readonly key: string; readonly cert: string };
}

/** Another server, to which requests are handed on as they came. */
export interface Upstream {
  /** Hands on a plain request, `chunk`; what comes back is written to the connection, and `finish` called on it. */
  forwardPlain(chunk: Buffer, connection: LaneConnection): void;
  /** Hands on every other one. */
  forward(request: IncomingMessage, body: Buffer, response: ServerResponse): void;
}

export interface RelayOptions extends ListenOptions {
  readonly upstream: Upstream;
  /** The answer to a request that is not handed on; undefined for one that is. */
  readonly refusalOf: (request: WholeRequest) => HttpAnswer | undefined;
}

export type WholeRequest = HttpRequest & { readonly body: Buffer };

export interface Server {
  readonly port: number;
  /** Ends every connection; settles when the port is free. */
  stop(): Promise<void>;
}

/**
 * Answers HTTP on a port of 127.0.0.1.
 *
 * A request is read in one of two ways, and `answer` is not told in which. Most come in one piece and ask for nothing
 * unusual: they are answered on the bare socket, which costs less. Every other one goes through Node.js's own server.
 *
 * @throws Refusal when the port is taken.
 */
export function serve({ answer, ...options }: ServeOptions): Promise<Server> {
  const { maximumBodyBytes } = options;
  return open(options, {
    plain: (request, connection) => answer(bounded(request, maximumBodyBytes), connection.answer),
    other: wholeRequests(maximumBodyBytes, (request, response) => answer(request, replyOn(response))),
  });
}

/**
 * The same before another server.
 *
 * @throws Refusal when the port is taken.
 */
export function relay({ upstream, refusalOf, ...options }: RelayOptions): Promise<Server> {
  const { maximumBodyBytes } = options;
  return open(options, {
    plain(request, connection, chunk) {
      const refusal = request.body.length > maximumBodyBytes ? tooLong(maximumBodyBytes) : refusalOf(request);
      if (refusal === undefined) upstream.forwardPlain(chunk, connection);
      else connection.answer(refusal);
    },
    other: wholeRequests(maximumBodyBytes, ({ body, ...head }, response, incoming) => {
      const reply = replyOn(response);
      if (body === undefined) return reply(tooLong(maximumBodyBytes));
      const refusal = refusalOf({ ...head, body });
      return refusal === undefined ? upstream.forward(incoming, body, response) : reply(refusal);
    }),
  });
}

/** The two ways: on the bare socket, and through Node.js's server. Whoever adds to one must add to the other. */
interface Ways {
  readonly plain: TakeRequest;
  readonly other: RequestListener;
}

async function open(options: Omit<ServeOptions, 'answer'>, { plain, other }: Ways): Promise<Server> {
  const { port = 0, guard = requestGuard(), secure, upgrade, keepAliveMilliseconds = 0 } = options;
  const listener = guarded(guard, other);
  const server = secure === undefined ? createServer(listener) : createSecureServer(secure, listener);
  server.keepAliveTimeout = keepAliveMilliseconds;
  if (keepAliveMilliseconds === 0) Object.assign(server, { requestTimeout: 0, headersTimeout: 0 });
  if (upgrade !== undefined) server.on('upgrade', upgrade);
  // What is encrypted cannot be read on the bare socket.
  if (secure === undefined) openPlainLane(server, guard, plain);
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  return {
    port: await listenLocally(server, port),
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

/** The request itself when its body is short enough, which costs nothing. */
function bounded(request: PlainRequest, maximumBodyBytes: number): HttpRequest {
  return request.body.length > maximumBodyBytes ? { ...request, body: undefined } : request;
}

function wholeRequests(
  maximumBodyBytes: number,
  then: (request: HttpRequest, response: ServerResponse, incoming: IncomingMessage) => void,
): RequestListener {
  return (incoming, response) => {
    const { method = '', url = '', headers: all } = incoming;
    const headers = { get: (name: string) => [all[name]].flat()[0] };
    readBody(incoming, maximumBodyBytes, (body) => then({ method, url, headers, body }, response, incoming));
  };
}

function replyOn(response: ServerResponse): Reply {
  return ({ status, headers, body }) => void response.writeHead(status, headers).end(body);
}

/**
 * Calls `then` with the whole body, or with undefined as soon as it is known to be too long: its rest is read and dropped, so
 * that a client that still writes sees the answer. Never calls it for a client that goes away.
 */
function readBody(
  request: IncomingMessage,
  maximumBytes: number,
  then: (body: Buffer | undefined) => void,
): void {
  if (Number(request.headers['content-length'] ?? 0) > maximumBytes) {
    request.resume();
    return then(undefined);
  }
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    const fitted = bytes <= maximumBytes;
    bytes += chunk.length;
    if (bytes <= maximumBytes) chunks.push(chunk);
    else if (fitted) then(undefined);
  });
  request.on('end', () => {
    if (bytes <= maximumBytes) then(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
  });
}

function tooLong(maximumBodyBytes: number): HttpAnswer {
  const message = `The request is longer than the ${maximumBodyBytes} bytes that are taken here.`;
  return jsonAnswer(413, JSON.stringify({ message }));
}
