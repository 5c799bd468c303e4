import { createServer } from 'node:http';
import { once } from 'node:events';
import { expect, onTestFinished, test } from 'vitest';
import { WebSocketServer, type WebSocket } from 'ws';
import { connect } from '../../../dev/chat/connection.ts';
import { listenLocally } from '../../../local/src/command-line/index.ts';

/** A server that answers every handshake with a status, or opens it with `lobbybee.v1`. */
async function startServer(status: number): Promise<{ url: string; offered: string[] }> {
  const offered: string[] = [];
  const server = createServer();
  const sockets = new WebSocketServer({ noServer: true, handleProtocols: () => 'lobbybee.v1' });
  server.on('upgrade', (request, socket, head) => {
    offered.push(request.headers['sec-websocket-protocol'] ?? '');
    if (status === 101)
      sockets.handleUpgrade(request, socket, head, (client: WebSocket) =>
        client.on('error', () => undefined),
      );
    else socket.end(`HTTP/1.1 ${status} Refused\r\ncontent-length: 0\r\nconnection: close\r\n\r\n`);
  });
  const port = await listenLocally(server, 0);
  onTestFinished(() => {
    for (const client of sockets.clients) client.terminate();
    server.close();
    server.closeAllConnections();
  });
  return { url: `ws://127.0.0.1:${port}/live`, offered };
}

test('a connection offers the sub-protocol and the token, and nothing of it is in the URL', async () => {
  const { url, offered } = await startServer(101);
  const socket = await connect(url, 'a.b.c');
  expect(offered).toEqual(['lobbybee.v1,a.b.c']);
  expect(socket.protocol).toBe('lobbybee.v1');
  socket.close();
  await once(socket, 'close');
});

test.each([
  [401, 'the token is missing, expired'],
  [403, 'the stage in the URL is not there'],
  [429, 'this user has too many connections'],
  [502, 'the connect function failed'],
  [503, 'something that the service needs is down'],
  [418, 'an answer that the protocol does not name'],
])('a handshake that is answered with %i is explained in one sentence', async (status, reason) => {
  const { url } = await startServer(status);
  const refusal: unknown = await connect(url, 'a.b.c').catch((error: unknown) => error);
  expect(String(refusal)).toMatch(
    new RegExp(`^Refusal: The connection was refused \\(HTTP ${status}\\): ${reason}.*\\.$`),
  );
});

test('a port where nothing listens is explained in one sentence', async () => {
  const server = createServer();
  const port = await listenLocally(server, 0);
  server.close();
  await once(server, 'close');
  await expect(connect(`ws://127.0.0.1:${port}/live`, 'a.b.c')).rejects.toThrow(
    `Nothing answers at ws://127.0.0.1:${port}/live; npm start runs an instance.`,
  );
});
