import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import type { Socket } from 'node:net';
import { listenLocally } from '../../local/src/command-line/index.ts';

/** What the server does with a request: answers, never answers, or breaks the connection. */
export type Scripted =
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | 'hang'
  | 'reset'
  /** Announces more bytes than it sends. */
  | 'cut';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface ScriptedServer {
  readonly url: string;
  readonly requests: readonly ReceivedRequest[];
  /** Answers of the next requests, in order; the last one is repeated. */
  script(...answers: readonly Scripted[]): void;
  /** Connections that have been opened so far. */
  readonly connections: number;
  stop(): Promise<void>;
}

/** An HTTP server on 127.0.0.1 that does as it is told. */
export async function scriptedServer(): Promise<ScriptedServer> {
  const requests: ReceivedRequest[] = [];
  const sockets = new Set<Socket>();
  let connections = 0;
  let answers: Scripted[] = [];
  const server = createServer((request, response) => void answer(request, response));
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    requests.push({ method, path, headers, body: await text(request) });
    const [next = { status: 500 }] = answers;
    if (answers.length > 1) answers = answers.slice(1);
    if (next === 'hang') return;
    if (next === 'reset') return void request.socket.destroy();
    if (next === 'cut') {
      response.writeHead(200, { 'content-length': '100', 'content-type': 'application/x-amz-json-1.0' });
      response.write('{"Item":', () => request.socket.destroy());
      return;
    }
    response.writeHead(next.status, next.headers).end(next.body);
  }
  server.on('connection', (socket: Socket) => {
    connections++;
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  const port = await listenLocally(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    script: (...given) => void (answers = [...given]),
    get connections() {
      return connections;
    },
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}
