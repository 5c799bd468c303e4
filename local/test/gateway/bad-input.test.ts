import { connect as connectTcp, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { at, bodies, connect, connectKnown, nextAfterMark, usual } from './conformance/support.ts';
import { launchLocal, type LocalApi } from './local-target.ts';
import { handshakeText, rawClient, statusOf } from './raw-http.ts';

const mask = [0, 0, 0, 0];
const text = 0x1;
const binary = 0x2;
const continuation = 0x0;
const ping = 0x9;
const fin = 0x80;

/** One masked frame; the mask of zeros leaves the payload as it is. */
function frame(first: number, payload: string | readonly number[] = ''): Buffer {
  const data = typeof payload === 'string' ? Buffer.from(payload) : Buffer.from(payload);
  const length = data.length < 126 ? [data.length] : [126, data.length >> 8, data.length & 0xff];
  length[0] = (length[0] ?? 0) | 0x80;
  return Buffer.concat([Buffer.from([first, ...length, ...mask]), data]);
}

interface RawConnection {
  readonly socket: Socket;
  /** Status of the close frame that came, when the connection has ended. */
  readonly closedWith: Promise<number | undefined>;
}

/** A WebSocket on which a test writes frames byte by byte. */
async function rawConnection(api: LocalApi): Promise<RawConnection> {
  const { socket, answer } = rawClient(api.gateway.port, handshakeText('GET /test HTTP/1.1'));
  const opened = new Promise((resolve) => socket.once('data', resolve));
  await opened;
  socket.on('data', (chunk: Buffer) => {
    // A close frame ends the gateway's side; so does the client.
    if (chunk.includes(0x88)) socket.end();
  });
  return { socket, closedWith: answer.then(closeStatus) };
}

/** The gateway's frames are not masked: 0x88, two bytes or more, and the status first. */
function closeStatus(answer: string): number | undefined {
  const bytes = Buffer.from(answer.slice(answer.indexOf('\r\n\r\n') + 4), 'latin1');
  const start = bytes.indexOf(0x88);
  return start === -1 ? undefined : bytes.readUInt16BE(start + 2);
}

describe('a client that breaks the WebSocket protocol', () => {
  it.each<[string, number, Buffer]>([
    ['a frame without a mask', 1002, Buffer.from([fin | text, 2, 0x68, 0x69])],
    ['a reserved bit', 1002, frame(fin | 0x40 | text, 'hi')],
    ['an opcode that does not exist', 1002, frame(fin | 0x3, 'hi')],
    ['a continuation of nothing', 1002, frame(fin | continuation, 'hi')],
    ['a second message inside the first', 1002, Buffer.concat([frame(text, 'a'), frame(fin | text, 'b')])],
    ['a ping in fragments', 1002, frame(ping, 'a')],
    ['a ping of 126 bytes', 1002, frame(fin | ping, 'a'.repeat(126))],
    ['a close frame of one byte', 1002, frame(fin | 0x8, [3])],
    ['a close status that does not exist', 1002, frame(fin | 0x8, [0x03, 0xee])],
    ['a text that is not UTF-8', 1007, frame(fin | text, [0x61, 0xff])],
    ['a length of two to the 40th', 1009, Buffer.from([fin | text, 0xff, 0, 0, 1, 0, 0, 0, 0, 0, ...mask])],
  ])('by %s is closed with %i, and others notice nothing', async (_name, status, bytes) => {
    const api = await launchLocal(usual);
    const { socket, closedWith } = await rawConnection(api);
    await api.nextCall('$connect');
    socket.write(bytes);
    expect(await closedWith).toBe(status);
    const { event } = await api.nextCall('$disconnect');
    expect(at(event, 'requestContext.disconnectStatusCode')).toBe(status);
    expect(api.calls('$default')).toHaveLength(0);
    const other = await connectKnown(api);
    expect(await nextAfterMark(api, other)).toBe('mark');
  });
});

describe('a message in fragments', () => {
  it('is one event when a ping comes in its middle, which is answered at once', async () => {
    const api = await launchLocal(usual);
    const { socket } = await rawConnection(api);
    const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
    socket.write(Buffer.concat([frame(text, 'Good '), frame(fin | ping, 'there?')]));
    expect((await answered).toString('latin1')).toBe('\x8a\x06there?');
    socket.write(frame(fin | continuation, 'morning'));
    await api.nextCall('$default');
    expect(await bodies(api, '$default')).toEqual(['Good morning']);
  });

  it('is one event when a character is cut in two', async () => {
    const api = await launchLocal(usual);
    const { socket } = await rawConnection(api);
    const [first = 0, second = 0] = Buffer.from('ü');
    socket.write(Buffer.concat([frame(text, [first]), frame(fin | continuation, [second])]));
    expect(at((await api.nextCall('$default')).event, 'body')).toBe('ü');
  });

  it('is one event when it comes in ten thousand frames, empty ones among them', async () => {
    const api = await launchLocal(usual);
    const { socket } = await rawConnection(api);
    const middle = Array.from({ length: 10_000 }, (_, index) =>
      frame(continuation, index % 2 === 0 ? 'a' : ''),
    );
    socket.write(Buffer.concat([frame(text), ...middle, frame(fin | continuation)]));
    expect(at((await api.nextCall('$default')).event, 'body')).toBe('a'.repeat(5_000));
    expect(api.calls('$default')).toHaveLength(1);
  });

  it('is refused with 1003 when it is binary, without an invocation', async () => {
    const api = await launchLocal(usual);
    const { socket, closedWith } = await rawConnection(api);
    socket.write(Buffer.concat([frame(binary, 'a'), frame(fin | continuation, 'b')]));
    expect(await closedWith).toBe(1003);
    expect(api.calls('$default')).toHaveLength(0);
  });

  it('is refused with 1009 as soon as it is too long, though it never ends', async () => {
    const api = await launchLocal(usual);
    const { socket, closedWith } = await rawConnection(api);
    const kilobytes = Array.from({ length: 128 }, () => frame(continuation, 'a'.repeat(1024)));
    socket.write(Buffer.concat([frame(text, 'a'), ...kilobytes]));
    expect(await closedWith).toBe(1009);
    expect(api.calls('$default')).toHaveLength(0);
  });
});

describe('a handshake', () => {
  it('with more than 16 KB of headers is refused before anything is invoked', async () => {
    const api = await launchLocal(usual);
    const headers = { 'x-long': 'a'.repeat(20_000) };
    const { answer } = rawClient(api.gateway.port, handshakeText('GET /test HTTP/1.1', headers));
    expect(statusOf(await answer)).toBe(431);
    expect(api.calls('$connect')).toHaveLength(0);
  });

  it('with a query whose encoding is broken gives the function what came', async () => {
    const api = await launchLocal(usual);
    rawClient(api.gateway.port, handshakeText('GET /test?a=%ZZ&b=%C3%BC&c=%2B&&=d HTTP/1.1'));
    const { event } = await api.nextCall('$connect');
    expect(at(event, 'queryStringParameters')).toMatchObject({ a: '%ZZ', b: 'ü', c: '+' });
  });

  it('with the stage in percent-encoding does not find it', async () => {
    const api = await launchLocal(usual);
    const { answer } = rawClient(api.gateway.port, handshakeText('GET /t%65st HTTP/1.1'));
    expect(statusOf(await answer)).toBe(403);
  });
});

describe('thousands of sockets', () => {
  const many = 2_000;

  it('that never say a word keep nobody from connecting, and go when the gateway stops', async () => {
    const api = await launchLocal(usual);
    const silent = await inBatches(many, () => silentSocket(api.gateway.port));
    const client = await connectKnown(api);
    expect(await nextAfterMark(api, client)).toBe('mark');
    expect(api.calls('$connect')).toHaveLength(1);
    const gone = Promise.all(silent.map((socket) => new Promise((resolve) => socket.once('close', resolve))));
    await api.gateway.stop();
    await gone;
  });

  it('that are open and idle cost little memory, and the gateway serves the one that talks', async () => {
    const api = await launchLocal({ routes: ['$default', 'echo'], twoWay: ['echo'] });
    api.script('echo', { returns: { statusCode: 200, body: 'here' } });
    const talking = await connect(api);
    const before = await memory();
    await inBatches(many, () => connect(api));
    // Both ends of each connection, of which the client's is the larger half.
    expect((await memory()) - before).toBeLessThan(many * 64 * 1024);
    talking.socket.send('{"action":"echo"}');
    expect(await talking.next()).toBe('here');
  });
});

describe('a client that never reads', () => {
  it('makes the gateway keep no more than its buffer, however much is posted', async () => {
    const api = await launchLocal(usual);
    const stuck = await connectKnown(api);
    stuck.socket.pause();
    const path = `/@connections/${stuck.connectionId}`;
    const body = 'a'.repeat(131_072);
    const statuses = await Promise.all(Array.from({ length: 300 }, () => api.request('POST', path, body)));
    const taken = statuses.filter(({ status }) => status === 200).length * body.length;
    expect(statuses.filter(({ status }) => status === 429).length).toBeGreaterThan(0);
    // One megabyte of the gateway's own, and what the two ends of a TCP connection hold.
    expect(taken).toBeLessThan(16 * 1024 * 1024);
  });
});

/** Fewer at a time than wait to be accepted by a listening socket. */
async function inBatches<Value>(count: number, make: () => Promise<Value>): Promise<Value[]> {
  const made: Value[] = [];
  while (made.length < count) made.push(...(await Promise.all(Array.from({ length: 100 }, make))));
  return made;
}

async function silentSocket(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => socket.destroy());
  await new Promise((resolve) => socket.once('connect', resolve));
  return socket.resume();
}

async function memory(): Promise<number> {
  await nextTurn();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
