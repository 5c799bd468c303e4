import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listenLocally } from '../../local/listen.ts';
import { answerText, openPlainLane } from '../../local/plain-lane.ts';

/** A server whose answers name the lane that a request took; `/slow` is not taken by the plain one. */
async function start(keepAliveTimeout = 65_000) {
  const headers = { 'X-Kind': 'test', 'Content-Length': 4 };
  const server = createServer({ keepAliveTimeout }, (request, response) => {
    request.resume().on('end', () => response.writeHead(201, headers).end('node'));
  });
  const lane = openPlainLane(server, ({ url }, socket) => {
    if (url !== '/slow') socket.write(answerText({ status: 201, headers, body: 'lane' }, server));
    return url !== '/slow';
  });
  const port = await listenLocally(server, 0);
  const stop = async (): Promise<void> => {
    const closed = once(server, 'close');
    server.close();
    server.closeAllConnections();
    lane.closeConnections();
    await closed;
  };
  onTestFinished(stop);
  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    return socket;
  };
  return { open, stop };
}

async function ask(socket: Socket, request: string): Promise<string> {
  const answered = once(socket, 'data');
  socket.write(request);
  const answer: unknown[] = await answered;
  return String(answer[0]);
}

const whole = 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nhi';
/** Not plain, and the same to the server. */
const unusual = whole.replace('Host', 'X-Twice: a\r\nX-Twice: b\r\nHost');
const bodyOf = (answer: string): string => answer.slice(-4);

it.each([65_000, 0])('writes what the server writes, byte for byte (keep-alive %i ms)', async (keepAlive) => {
  const { open } = await start(keepAlive);
  const plain = await ask(open(), whole);
  const parsed = await ask(open(), unusual);
  expect([plain, parsed].map(bodyOf)).toStrictEqual(['lane', 'node']);
  const undated = (answer: string): string => answer.slice(0, -4).replace(/Date: .* GMT/, 'Date: now');
  expect(undated(plain)).toBe(undated(parsed));
});

it('answers one plain request after the other on a connection', async () => {
  const { open } = await start();
  const socket = open();
  for (let n = 0; n < 3; n++) expect(bodyOf(await ask(socket, whole))).toBe('lane');
});

it('leaves a request that is not plain to the server, with all that follow', async () => {
  const { open } = await start();
  const socket = open();
  expect(bodyOf(await ask(socket, whole))).toBe('lane');
  expect(bodyOf(await ask(socket, unusual))).toBe('node');
  expect(bodyOf(await ask(socket, whole))).toBe('node');
});

it('leaves what is not taken to the server', async () => {
  const { open } = await start();
  expect(bodyOf(await ask(open(), whole.replace('/', '/slow')))).toBe('node');
});

it('leaves what is no HTTP to the server, which refuses it', async () => {
  const { open } = await start();
  expect(await ask(open(), 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

it('ends its side of a connection when the client ends its own', async () => {
  const { open } = await start();
  const socket = open();
  await ask(socket, whole);
  socket.end();
  await once(socket, 'close');
});

it('lets no connection outlive the server', async () => {
  const { open, stop } = await start();
  const [used, unused] = [open(), open()];
  await Promise.all([ask(used, whole), once(unused, 'connect')]);
  const closed = Promise.all([once(used, 'close'), once(unused, 'close')]);
  await stop();
  await closed;
});
