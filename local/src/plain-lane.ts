import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { readPlainRequest, type PlainRequest } from './plain-request.ts';
import type { RequestGuard } from './request-guard.ts';

export interface HttpAnswer {
  readonly status: number;
  /** ASCII, in the order in which they are written; one that says the body's length, unless there can be no body. */
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/**
 * A connection while the lane has it, with one request at a time: what comes before the answer is whole is held back, so
 * that answers have the order of their requests.
 */
export interface LaneConnection {
  readonly socket: Socket;
  /** Aborted when the connection is closed, or the server's. */
  readonly left: AbortSignal;
  /** Answers the request, at once or later. */
  answer(answer: HttpAnswer): void;
  /** In place of `answer`, for an answer that was written on the socket: it is whole. */
  finish(): void;
}

/** True when the request was taken, and is answered; false leaves it to the server. `chunk` is the request as it came. */
export type TakeRequest = (request: PlainRequest, connection: LaneConnection, chunk: Buffer) => boolean;

/** The connections that the server does not know of. */
export interface PlainLane {
  closeConnections(): void;
}

/**
 * Lets `take` have the plain requests of a server before it does, on the bare socket, which costs less: nothing is
 * made of a request that its answer does not need. The first request of a connection that is not plain, or not taken, goes
 * to the server with all that follow; so `take` decides on speed alone, and must answer as the server would. What `guard`
 * refuses is not taken: the server's own listener is guarded too, and says why.
 *
 * Call it before the server listens.
 */
export function openPlainLane(server: Server, guard: RequestGuard, take: TakeRequest): PlainLane {
  const sockets = new Set<Socket>();
  const serve = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const leaving = new AbortController();
    let isDue = false;
    const finish = (): void => {
      isDue = false;
      if (socket.isPaused()) socket.resume();
    };
    const answer = (given: HttpAnswer): void => {
      if (socket.write(answerText(given, server))) finish();
      else socket.once('drain', finish);
    };
    const connection: LaneConnection = { socket, left: leaving.signal, answer, finish };
    const leave = (): void => {
      sockets.delete(socket);
      leaving.abort();
    };
    const end = (): void => void socket.end();
    const drop = (): void => void socket.destroy();
    const read = (chunk: Buffer): void => {
      if (isDue) return holdBack(socket, chunk);
      const request = readPlainRequest(chunk);
      isDue = request !== undefined;
      if (request !== undefined && isAdmitted(guard, request) && take(request, connection, chunk)) return;
      socket.off('data', read).off('end', end).off('error', drop).off('timeout', drop).off('close', leave);
      leave();
      socket.setTimeout(0);
      holdBack(socket, chunk);
      for (const listener of serve) Reflect.apply(listener, server, [socket]);
      socket.resume();
    };
    sockets.add(socket);
    socket.setTimeout(idleMilliseconds(server));
    socket.on('data', read).on('end', end).on('error', drop).on('timeout', drop).on('close', leave);
  });
  return {
    closeConnections() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

function isAdmitted(guard: RequestGuard, { headers }: PlainRequest): boolean {
  const host = headers.get('host');
  const [origin, fetchSite] = [headers.get('origin'), headers.get('sec-fetch-site')];
  return guard({ host, origin, fetchSite }) === undefined;
}

/** Until the socket is resumed. */
function holdBack(socket: Socket, chunk: Buffer): void {
  socket.pause();
  socket.unshift(chunk);
}

/** As the server itself: a little longer than what it promises, for a request that is under way. 0 is no limit. */
function idleMilliseconds({ keepAliveTimeout }: Server): number {
  return keepAliveTimeout === 0 ? 0 : keepAliveTimeout + 1000;
}

/** What a server of Node.js writes for the same answer on a connection that stays open. */
function answerText({ status, headers, body }: HttpAnswer, { keepAliveTimeout }: Server): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name] ?? ''}\r\n`;
  const promise =
    keepAliveTimeout === 0 ? '' : `Keep-Alive: timeout=${Math.floor(keepAliveTimeout / 1000)}\r\n`;
  return `${head}Date: ${new Date().toUTCString()}\r\nConnection: keep-alive\r\n${promise}\r\n${body}`;
}
