import { Agent, request as httpRequest } from 'node:http';
import type { Socket } from 'node:net';
import type { Upstream } from '../serve.ts';
import { engineConnections } from './engine-connections.ts';

export interface EngineUpstream extends Upstream {
  /** Ends the connections that no client has. */
  close(): void;
}

/** The engine as requests are handed on to it. One that is gone closes the client's connection, as without a proxy. */
export function engineUpstream(engineUrl: string): EngineUpstream {
  const agent = new Agent({ keepAlive: true });
  const engineOf = engineConnections(engineUrl);
  return {
    forwardPlain: (chunk, connection) => void engineOf(connection).write(chunk),
    forward({ method, url: path, rawHeaders: headers }, body, response) {
      const breakOff = (): void => void response.destroy();
      const request = httpRequest(engineUrl, { agent, method, path, headers }, (answer) => {
        response.writeHead(answer.statusCode ?? 500, answer.rawHeaders);
        answer.on('error', breakOff).pipe(response);
      });
      request.on('socket', heard).on('error', breakOff).end(body);
    },
    close: () => agent.destroy(),
  };
}

/**
 * Gives a socket a listener for its errors for as long as it lives. Node.js takes its own away when an answer ends before
 * its request is written, as when the engine refuses what is too long, and an error that nobody hears ends this process.
 */
function heard(socket: Socket): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
}

/** The request that has the socket hears of its error, too, and a socket closes after it. */
function ignore(): void {}
