import { STATUS_CODES, type Server } from 'node:http';
import type { Socket } from 'node:net';
import { readPlainRequest, type PlainRequest } from './plain-request.ts';

export interface HttpAnswer {
  readonly status: number;
  /** In the order in which they are written; one that says the body's length, unless there can be no body. */
  readonly headers: Readonly<Record<string, string | number>>;
  readonly body: string;
}

/**
 * True when the request was taken, and is answered on the socket at once or later; false leaves it to the server. `chunk` is
 * the request as it came.
 */
export type TakeRequest = (request: PlainRequest, socket: Socket, chunk: Buffer) => boolean;

/** The connections that the server does not know of. */
export interface PlainLane {
  closeConnections(): void;
}

/**
 * Lets `take` have the plain requests of a server before it does, on the bare socket: a third of the CPU, since nothing is
 * made of a request that its answer does not need. The first request of a connection that is not plain, or not taken, goes
 * to the server with all that follow; so `take` decides on speed alone, and must answer as the server would.
 *
 * Call it before the server listens.
 */
export function openPlainLane(server: Server, take: TakeRequest): PlainLane {
  const sockets = new Set<Socket>();
  const serve = server.listeners('connection');
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const forget = (): void => void sockets.delete(socket);
    const drop = (): void => void socket.destroy();
    const read = (chunk: Buffer): void => {
      const request = readPlainRequest(chunk);
      if (request !== undefined && take(request, socket, chunk)) return;
      socket.off('data', read).off('end', drop).off('error', drop).off('timeout', drop).off('close', forget);
      forget();
      socket.setTimeout(0);
      socket.pause();
      socket.unshift(chunk);
      for (const listener of serve) Reflect.apply(listener, server, [socket]);
      socket.resume();
    };
    sockets.add(socket);
    socket.setTimeout(idleMilliseconds(server));
    socket.on('data', read).on('end', drop).on('error', drop).on('timeout', drop).on('close', forget);
  });
  return {
    closeConnections() {
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** As the server itself: a little longer than what it promises, for a request that is under way. 0 is no limit. */
function idleMilliseconds({ keepAliveTimeout }: Server): number {
  return keepAliveTimeout === 0 ? 0 : keepAliveTimeout + 1000;
}

/** What a server of Node.js writes for the same answer on a connection that stays open. */
export function answerText({ status, headers, body }: HttpAnswer, { keepAliveTimeout }: Server): string {
  let head = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\n`;
  for (const name in headers) head += `${name}: ${headers[name] ?? ''}\r\n`;
  const promise =
    keepAliveTimeout === 0 ? '' : `Keep-Alive: timeout=${Math.floor(keepAliveTimeout / 1000)}\r\n`;
  return `${head}Date: ${new Date().toUTCString()}\r\nConnection: keep-alive\r\n${promise}\r\n${body}`;
}
