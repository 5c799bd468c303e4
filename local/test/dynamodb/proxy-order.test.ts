import { createServer, type ServerResponse } from 'node:http';
import { connect, type Socket } from 'node:net';
import { expect, it, onTestFinished } from 'vitest';
import { callReader } from '../../src/dynamodb/calls.ts';
import { startDynamoDbProxy } from '../../src/dynamodb/proxy.ts';
import { listenLocally } from '../../src/listen.ts';
import { eventually } from '../support/eventually.ts';
import { account, allow, callersWith, region } from '../support/local-callers.ts';

/** A proxy before an engine whose answers the test writes, for a role that may only list tables. */
async function start() {
  const waiting: ServerResponse[] = [];
  const engine = createServer((request, response) => {
    request.resume().on('end', () => waiting.push(response));
  });
  const engineUrl = `http://127.0.0.1:${await listenLocally(engine, 0)}`;
  const { callers, credentials } = await callersWith([allow('dynamodb:ListTables', '*')]);
  const readCalls = callReader({ partition: 'aws', account, region, tables: [] });
  const proxy = await startDynamoDbProxy({ engineUrl, callers, readCalls });
  const socket = connect(Number(new URL(proxy.url).port), '127.0.0.1');
  onTestFinished(async () => {
    socket.destroy();
    await proxy.stop();
    engine.close();
    engine.closeAllConnections();
  });
  const authorization = `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/a/b/aws4_request`;
  const requestText = (operation: string, ...headers: readonly string[]): string => {
    const target = `X-Amz-Target: DynamoDB_20120810.${operation}`;
    const lines = [
      'POST / HTTP/1.1',
      'Host: localhost',
      `Authorization: ${authorization}`,
      target,
      ...headers,
    ];
    return `${[...lines, 'Content-Length: 2'].join('\r\n')}\r\n\r\n{}`;
  };
  /** The engine's next answer, to be written. */
  const nextWaiting = async (): Promise<ServerResponse | undefined> => {
    await eventually(() => expect(waiting).not.toHaveLength(0));
    return waiting.shift();
  };
  return { socket, requestText, nextWaiting, waiting };
}

/** What comes, as words: the engine's bodies, and the refusals. */
function words(socket: Socket): () => string[] {
  let received = '';
  socket.on('data', (chunk: Buffer) => (received += chunk.toString()));
  return () => received.match(/"(?:first|second|end)"|AccessDenied/g) ?? [];
}

const framings = { 'with its length': { 'content-length': 12 }, 'in pieces': {} } as const;

it.each(Object.entries(framings))(
  'keeps the order when a refusal follows an answer (%s)',
  async (_name, headers) => {
    const { socket, requestText, nextWaiting } = await start();
    const came = words(socket);
    socket.write(requestText('ListTables'));
    const answer = await nextWaiting();
    answer?.writeHead(200, headers).write('"first"');
    await eventually(() => expect(came()).toEqual(['"first"']));
    socket.write(requestText('ListBackups'));
    await refusedOnAnother(socket, requestText('ListBackups'));
    expect(came()).toEqual(['"first"']);
    answer?.end('"end"');
    await eventually(() => expect(came()).toEqual(['"first"', '"end"', 'AccessDenied']));
  },
);

it.each([
  ['is not plain', ['X-Twice: a', 'X-Twice: b']],
  ['ends the connection', ['Connection: close']],
])('keeps the order when the next request %s, and loses no answer', async (_name, headers) => {
  const { socket, requestText, nextWaiting, waiting } = await start();
  const came = words(socket);
  socket.write(requestText('ListTables'));
  const first = await nextWaiting();
  socket.write(requestText('ListTables', ...headers));
  await refusedOnAnother(socket, requestText('ListBackups'));
  expect([waiting, came()]).toEqual([[], []]);
  first?.end('"first"');
  const second = await nextWaiting();
  second?.end('"second"');
  await eventually(() => expect(came()).toEqual(['"first"', '"second"']));
});

it('keeps the order of requests that come together', async () => {
  const { socket, requestText, nextWaiting } = await start();
  const came = words(socket);
  socket.write(requestText('ListTables') + requestText('ListBackups') + requestText('ListTables'));
  const [one, other] = [await nextWaiting(), await nextWaiting()];
  other?.end('"second"');
  one?.end('"first"');
  await eventually(() => expect(came()).toEqual(['"first"', 'AccessDenied', '"second"']));
});

it('takes from the engine no faster than the client reads', async () => {
  const { socket, requestText, nextWaiting } = await start();
  socket.pause().write(requestText('ListTables'));
  const answer = await nextWaiting();
  const text = 'x'.repeat(1_000_000);
  answer?.writeHead(200, { 'content-length': 64 * text.length });
  for (let n = 0; n < 64; n++) answer?.write(text);
  for (let n = 0; n < 30; n++) await refusedOnAnother(socket, requestText('ListBackups'));
  expect(answer?.writableLength).toBeGreaterThan(0);
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length)).resume();
  await eventually(() => expect(bytes).toBeGreaterThan(64 * text.length));
  expect(answer?.writableLength).toBe(0);
});

it('ends the connection of a client whose answer the engine breaks off', async () => {
  const { socket, requestText, nextWaiting } = await start();
  const came = words(socket);
  socket.write(requestText('ListTables'));
  const answer = await nextWaiting();
  answer?.writeHead(200, { 'content-length': 12 }).write('"first"');
  await eventually(() => expect(came()).toEqual(['"first"']));
  answer?.destroy();
  await eventually(() => expect(socket.closed).toBe(true));
  expect(came()).toEqual(['"first"']);
});

/** What was written before this has come to the proxy when this has been answered. */
async function refusedOnAnother({ remotePort = 0 }: Socket, refused: string): Promise<void> {
  const other = connect(remotePort, '127.0.0.1');
  onTestFinished(() => void other.destroy());
  const came = words(other);
  other.write(refused);
  await eventually(() => expect(came()).toEqual(['AccessDenied']));
}
