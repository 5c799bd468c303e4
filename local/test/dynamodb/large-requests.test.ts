import { request as httpRequest } from 'node:http';
import { createServer } from 'node:net';
import { json } from 'node:stream/consumers';
import { expect, it, onTestFinished } from 'vitest';
import { callReader } from '../../src/dynamodb/calls.ts';
import { startDynamoDbProxy } from '../../src/dynamodb/proxy.ts';
import { listenLocally } from '../../src/listen.ts';

const megabyte = 1024 * 1024;
const refusal = 'HTTP/1.1 413 Payload Too Large\r\nContent-Length: 2\r\n\r\n{}';
const answer = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}';

/** A proxy before an engine that refuses what is large before it has read it, and closes the connection then. */
async function start() {
  const asked: string[] = [];
  const engine = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.on('data', (chunk) => {
      const [, size] = /^x-size: (\w+)/im.exec(chunk.toString('latin1', 0, 1000)) ?? [];
      if (size === undefined) return;
      asked.push(size);
      if (size === 'small') socket.write(answer);
      else socket.write(refusal, () => socket.resetAndDestroy());
    });
  });
  const port = await listenLocally(engine, 0);
  const readCalls = callReader({
    partition: 'aws',
    account: '111122223333',
    region: 'eu-west-1',
    tables: [],
  });
  const proxy = await startDynamoDbProxy({ engineUrl: `http://127.0.0.1:${port}`, readCalls });
  onTestFinished(async () => {
    await proxy.stop();
    engine.close();
  });
  return { asked, url: proxy.url };
}

interface Asked {
  readonly size: 'small' | 'large';
  readonly bytes: number;
  readonly announced?: boolean;
}

/** Status and answer; `closed` for a connection that ends without one. */
async function ask(url: string, { size, bytes, announced = true }: Asked): Promise<unknown> {
  const length = announced ? { 'Content-Length': bytes } : { 'Transfer-Encoding': 'chunked' };
  const request = httpRequest(url, { method: 'POST', agent: false, headers: { 'X-Size': size, ...length } });
  request.end(Buffer.alloc(bytes, 'x'));
  return await new Promise((resolve) => {
    request.on('error', () => resolve('closed'));
    request.on('response', (response) => {
      json(response).then(
        (answered) => resolve([response.statusCode, answered]),
        () => resolve('closed'),
      );
    });
  });
}

it.each([
  ['with its length', true],
  ['in pieces', false],
])('what DynamoDB would not take is refused and not handed on, %s', async (_way, announced) => {
  const { asked, url } = await start();
  const message = 'The request is longer than the 16777216 bytes that are taken here.';
  for (const bytes of [16 * megabyte + 1, 20 * megabyte, 40 * megabyte])
    expect(await ask(url, { size: 'large', bytes, announced })).toEqual([413, { message }]);
  expect(asked).toEqual([]);
});

it('an engine that refuses before it has read, and hangs up, disturbs nobody else', async () => {
  const { asked, url } = await start();
  for (let time = 0; time < 5; time += 1) {
    const [large, small] = await Promise.all([
      ask(url, { size: 'large', bytes: 15 * megabyte }),
      ask(url, { size: 'small', bytes: 10 }),
    ]);
    expect(['closed', [413, {}]]).toContainEqual(large);
    expect(small).toEqual([200, {}]);
  }
  expect(asked.filter((size) => size === 'large')).toHaveLength(5);
});
