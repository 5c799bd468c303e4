import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { listenLocally } from '../src/listen.ts';
import { openPlainLane, type LaneConnection } from '../src/plain-lane.ts';
import type { RequestGuard } from '../src/request-guard.ts';
import { eventually } from './support/eventually.ts';

/** A server whose answers name the lane that a request took; the plain one waits with `/later`. */
async function start(keepAliveTimeout = 65_000, text = (name: string): string => name) {
  const answerOf = (name: string) => {
    const body = text(name);
    const headers = { 'X-Kind': 'test', 'Content-Length': Buffer.byteLength(body) };
    return { status: 201, headers, body };
  };
  const server = createServer({ keepAliveTimeout }, (request, response) => {
    const { status, headers, body } = answerOf('node');
    request.resume().on('end', () => response.writeHead(status, headers).end(body));
  });
  const guard: RequestGuard = ({ host }) => (host === 'evil.example' ? 'not here' : undefined);
  const taken: string[] = [];
  const waiting: LaneConnection[] = [];
  openPlainLane(server, guard, ({ url }, connection) => {
    taken.push(url);
    if (url === '/later') waiting.push(connection);
    else connection.answer(answerOf('lane'));
  });
  const port = await listenLocally(server, 0);
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    return socket;
  };
  /** The connection of a request for `/later`, when it has come. */
  const nextWaiting = async (): Promise<LaneConnection | undefined> => {
    await eventually(() => expect(waiting).not.toHaveLength(0));
    return waiting.shift();
  };
  return { open, taken, nextWaiting, answerOf };
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
const later = whole.replace('/', '/later');
const bodyOf = (answer: string): string => answer.slice(-4);

/** The bodies of the next answers, as many as are expected, in the order in which they come. */
async function nextBodies(socket: Socket, count: number): Promise<string[]> {
  let received = '';
  const bodies = (): string[] => [...received.matchAll(/\r\n\r\n(\w{4})/g)].map(([, body = '']) => body);
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  await eventually(() => expect(bodies().length).toBeGreaterThanOrEqual(count));
  return bodies();
}

it.each([65_000, 0])('writes what the server writes, byte for byte (keep-alive %i ms)', async (keepAlive) => {
  const { open } = await start(keepAlive);
  const plain = await ask(open(), whole);
  const parsed = await ask(open(), unusual);
  expect([plain, parsed].map(bodyOf)).toStrictEqual(['lane', 'node']);
  const undated = (answer: string): string => answer.slice(0, -4).replace(/Date: .* GMT/, 'Date: now');
  expect(undated(plain)).toBe(undated(parsed));
});

it('writes a body that is not ASCII with as many bytes as it announces', async () => {
  const { open } = await start(65_000, (name) => `Größe 😀 ${name}`);
  for (const request of [whole, unusual]) {
    const [head = '', body = ''] = (await ask(open(), request)).split('\r\n\r\n');
    expect(body).toMatch(/^Größe 😀 (lane|node)$/);
    expect(head).toContain(`Content-Length: ${Buffer.byteLength(body)}\r\n`);
  }
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

it('leaves what the guard refuses to the server, whatever the lane would have made of it', async () => {
  const { open, taken } = await start();
  expect(bodyOf(await ask(open(), whole.replace('Host: x', 'Host: evil.example')))).toBe('node');
  expect(taken).toStrictEqual([]);
});

it('leaves requests that come together to the server, which answers each', async () => {
  const { open, taken } = await start();
  const socket = open();
  socket.write(whole.repeat(3));
  expect(await nextBodies(socket, 3)).toStrictEqual(['node', 'node', 'node']);
  expect(taken).toStrictEqual([]);
});

it.each([
  ['the lane answers', whole, ['late', 'lane']],
  ['the server answers', unusual, ['late', 'node']],
])('holds a request back that %s until the answer before it is written', async (_who, next, bodies) => {
  const { open, taken, nextWaiting, answerOf } = await start();
  const socket = open();
  socket.write(later);
  const first = await nextWaiting();
  const answers = nextBodies(socket, 2);
  socket.write(next);
  await ask(open(), unusual);
  expect([taken, socket.bytesRead]).toStrictEqual([['/later'], 0]);
  first?.answer(answerOf('late'));
  expect(await answers).toStrictEqual(bodies);
});

it('takes no further request of a client that does not read the answer', async () => {
  const { open, taken } = await start(65_000, (name) => name.repeat(4_000_000));
  const stuck = open().pause();
  stuck.write(whole);
  await eventually(() => expect(taken).toHaveLength(1));
  stuck.write(whole);
  await ask(open(), unusual);
  expect(taken).toHaveLength(1);
  stuck.resume();
  await eventually(() => expect(taken).toHaveLength(2));
});

it('leaves what is no HTTP to the server, which refuses it', async () => {
  const { open } = await start();
  expect(await ask(open(), 'nonsense\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
});

it('ends its side of a connection when the client ends its own, and no other', async () => {
  const { open } = await start();
  const [leaving, other] = [open(), open()];
  await Promise.all([ask(leaving, whole), ask(other, whole)]);
  leaving.resume().end();
  const closing: unknown[] = await once(leaving, 'close');
  expect([closing, leaving.readableEnded]).toStrictEqual([[false], true]);
  expect(bodyOf(await ask(other, whole))).toBe('lane');
});
