import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { jsonAnswer } from '../src/http-answer.ts';
import { relay, serve, type HttpRequest, type Reply, type Server, type Upstream } from '../src/serve.ts';
import { eventually } from './support/eventually.ts';

const maximumBodyBytes = 10;

/** A server that answers with what it was asked, and keeps those who ask for `/later` waiting. */
async function start() {
  const [asked, waiting]: [HttpRequest[], Reply[]] = [[], []];
  const server = await serve({
    maximumBodyBytes,
    answer(request, reply) {
      asked.push(request);
      if (request.url === '/later') waiting.push(reply);
      else reply(jsonAnswer(200, JSON.stringify(seen(request))));
    },
    upgrade: (_request, stream) => void stream.write('HTTP/1.1 101 Switching Protocols\r\n\r\n'),
  });
  onTestFinished(() => server.stop());
  return { server, asked, waiting, open: () => openSocket(server) };
}

function seen({ method, url, body, headers }: HttpRequest) {
  return { method, url, kind: headers.get('x-kind'), body: body?.toString() };
}

function openSocket({ port }: Server): Socket {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  return socket;
}

const head = (...headers: readonly string[]): string =>
  ['POST /a?b HTTP/1.1', 'Host: localhost', 'X-Kind: test', ...headers, '', ''].join('\r\n');
const sized = (body: string, ...headers: readonly string[]): string =>
  `${head(...headers, `Content-Length: ${body.length}`)}${body}`;
const chunked = (...pieces: readonly string[]): string =>
  `${head('Transfer-Encoding: chunked')}${pieces.map((piece) => `${piece.length.toString(16)}\r\n${piece}\r\n`).join('')}`;

/** The first answer, without what is new each time. */
async function ask(socket: Socket, request: string): Promise<string> {
  const answered = once(socket, 'data');
  socket.write(request);
  const answer: unknown[] = await answered;
  return String(answer[0]).replace(/Date: .* GMT/, 'Date: now');
}

const bodyOf = (answer: string): unknown => JSON.parse(answer.split('\r\n\r\n')[1] ?? '');

describe('a server', () => {
  it('answers the same to a request, byte for byte, in whichever way it is read', async () => {
    const { open } = await start();
    const plain = await ask(open(), sized('hello'));
    expect(bodyOf(plain)).toEqual({ method: 'POST', url: '/a?b', kind: 'test', body: 'hello' });
    expect(await ask(open(), sized('hello', 'X-Twice: a', 'X-Twice: b'))).toBe(plain);
    expect(await ask(open(), `${chunked('hel', 'lo')}0\r\n\r\n`)).toBe(plain);
  });

  it.each([
    ['in one piece', sized('hello body!')],
    ['by its announced length, before it comes', head('Content-Length: 11')],
    ['as soon as it is, when nothing is announced', chunked('hello', ' body!')],
  ])('is told of a body that is too long, %s', async (_way, request) => {
    const { open, asked } = await start();
    expect(await ask(open(), request)).toMatch(/^HTTP\/1\.1 200 OK/);
    expect(asked.map(({ body }) => body)).toEqual([undefined]);
  });

  it.each([
    ['announced', `${head('Content-Length: 11')}hello`, ' body!'],
    ['not announced', chunked('hello body!'), '3\r\nand\r\n0\r\n\r\n'],
  ])(
    'drops the rest of a body that is too long, and answers what follows (%s)',
    async (_way, begin, rest) => {
      const { open, asked } = await start();
      const socket = open();
      await ask(socket, begin);
      socket.write(rest);
      expect(bodyOf(await ask(socket, sized('next')))).toMatchObject({ body: 'next' });
      expect(asked.map(({ body }) => body?.toString())).toEqual([undefined, 'next']);
    },
  );

  it('takes a body of just the allowed length', async () => {
    const { open } = await start();
    for (const request of [sized('0123456789'), `${chunked('0123456789')}0\r\n\r\n`])
      expect(bodyOf(await ask(open(), request))).toMatchObject({ body: '0123456789' });
  });

  it.each([
    ['in one piece', sized('hello')],
    ['in several', `${chunked('hello')}0\r\n\r\n`],
  ])('does not hear of what its guard refuses, %s', async (_way, request) => {
    const { open, asked } = await start();
    const socket = open();
    socket.write(request.replace('localhost', 'evil.example'));
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 403 Forbidden\r\n/);
    expect(asked).toEqual([]);
  });

  it('lets no connection outlive it, whatever became of that, and its port is free then', async () => {
    const { server, asked, open } = await start();
    const sockets = [open(), open(), open(), open(), open()] as const;
    const [used, unused, due, unusual, upgraded] = sockets;
    await Promise.all([ask(used, sized('hello')), once(unused, 'connect')]);
    due.write(sized('hello').replace('/a?b', '/later'));
    unusual.write(`${chunked('hello')}0\r\n\r\n`.replace('/a?b', '/later'));
    await ask(upgraded, head('Connection: Upgrade', 'Upgrade: test').replace('POST', 'GET'));
    await eventually(() => expect(asked).toHaveLength(3));
    const closed = Promise.all(sockets.map((socket) => once(socket.resume(), 'close')));
    await server.stop();
    await closed;
    expect([due.bytesRead, unusual.bytesRead]).toEqual([0, 0]);
    await expect(once(open(), 'connect')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });
});

describe('a relay', () => {
  const secret = 'X-Secret: yes';

  async function startRelay() {
    const passed: string[] = [];
    const upstream: Upstream = {
      forwardPlain(chunk, connection) {
        passed.push(chunk.toString());
        connection.answer(jsonAnswer(200, '{}'));
      },
      forward(_request, body, response) {
        passed.push(body.toString());
        response.end('{}');
      },
    };
    const refusalOf = ({ headers }: HttpRequest) =>
      headers.get('x-secret') === undefined ? undefined : jsonAnswer(400, '{"message":"no"}');
    const server = await relay({ maximumBodyBytes, upstream, refusalOf });
    onTestFinished(() => server.stop());
    return { passed, open: () => openSocket(server) };
  }

  it('hands on what it does not refuse: a plain request as it came, and the body of another', async () => {
    const { passed, open } = await startRelay();
    await ask(open(), sized('hello'));
    await ask(open(), `${chunked('hel', 'lo')}0\r\n\r\n`);
    expect(passed).toEqual([sized('hello'), 'hello']);
  });

  it.each([
    ['what it refuses, in one piece', sized('hello', secret), 400, 'no'],
    ['what it refuses, in several', `${head(secret, 'Transfer-Encoding: chunked')}0\r\n\r\n`, 400, 'no'],
    [
      'what is too long',
      sized('hello body!'),
      413,
      'The request is longer than the 10 bytes that are taken here.',
    ],
  ])('hands on nothing of %s', async (_what, request, status, message) => {
    const { passed, open } = await startRelay();
    const answer = await ask(open(), request);
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(bodyOf(answer)).toEqual({ message });
    expect(passed).toEqual([]);
  });
});
