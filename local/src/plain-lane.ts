import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import type { HttpAnswer } from './http-answer.ts';
import { readPlainRequest, type PlainRequest } from './plain-request.ts';
import type { RequestGuard } from './request-guard.ts';

/**
 * A connection while the lane has it. It has one request at a time: the next one is held back until the answer is written,
 * so that answers have the order of their requests.
 */
export interface LaneConnection {
  readonly socket: Socket;
  /** Aborted when the connection is closed, or the server's. */
  readonly left: AbortSignal;
  /** Answers the request, at once or later. */
  readonly answer: (answer: HttpAnswer) => void;
  /** To be called in place of `answer`, when a whole answer was written on the socket itself. */
  finish(): void;
}

/** Answers a request; `chunk` is the request as it came. */
export type TakeRequest = (request: PlainRequest, connection: LaneConnection, chunk: Buffer) => void;

/**
 * Gives the plain requests of a server to `take`, on the bare socket. That costs less than the server's own parser.
 *
 * The first request of a connection that is not plain goes to the server, and so do all that follow it. `take` must
 * therefore answer as the server would. A request that `guard` refuses goes to the server too, whose own listener is
 * guarded and says why.
 *
 * Call it before the server listens.
 */
export function openPlainLane(server: Server, guard: RequestGuard, take: TakeRequest): void {
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
    const leave = (): void => leaving.abort();
    const end = (): void => void socket.end();
    const drop = (): void => void socket.destroy();
    const read = (chunk: Buffer): void => {
      if (isDue) return holdBack(socket, chunk);
      const request = readPlainRequest(chunk);
      if (request !== undefined && isAdmitted(guard, request)) {
        isDue = true;
        return take(request, connection, chunk);
      }
      socket.off('data', read).off('end', end).off('error', drop).off('timeout', drop).off('close', leave);
      leave();
      socket.setTimeout(0);
      holdBack(socket, chunk);
      for (const listener of serve) Reflect.apply(listener, server, [socket]);
      socket.resume();
    };
    socket.setTimeout(idleMilliseconds(server));
    socket.on('data', read).on('end', end).on('error', drop).on('timeout', drop).on('close', leave);
  });
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
