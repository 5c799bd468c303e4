import { expect, it } from 'vitest';
import {
  MalformedResponse,
  ResponseReader,
  type HttpResponse,
} from '../../../../lambdas/adapters/aws/response-reader.ts';

interface Read {
  readonly status: number;
  readonly body: string;
  readonly keptAlive: boolean;
}

/** Reads a response that comes in pieces of so many bytes; undefined when it breaks off. */
function read(text: string, pieceBytes: number): Read | undefined {
  const bytes = Buffer.from(text);
  const reader = new ResponseReader();
  const shown = (response: HttpResponse | undefined): Read | undefined =>
    response && { status: response.status, body: response.body.toString(), keptAlive: reader.keptAlive };
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const response = reader.read(bytes.subarray(at, at + pieceBytes));
    if (response !== undefined) return shown(response);
  }
  return shown(reader.end());
}

it.each<[string, string, Read | undefined]>([
  [
    'of an announced length',
    'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nnaïve🐝'.replace('8', '10'),
    { status: 200, body: 'naïve🐝', keptAlive: true },
  ],
  [
    'without a body',
    'HTTP/1.1 410 Gone\r\ncontent-length:0\r\n\r\n',
    { status: 410, body: '', keptAlive: true },
  ],
  ['204, which has none', 'HTTP/1.1 204\r\nDate: x\r\n\r\n', { status: 204, body: '', keptAlive: true }],
  [
    'in chunks, with an extension and a trailer',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4;x=y\r\nab\r\n\r\n0A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n',
    { status: 200, body: 'ab\r\n0123456789', keptAlive: true },
  ],
  [
    'in no chunks',
    'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    { status: 200, body: '', keptAlive: true },
  ],
  [
    'up to the end of the connection',
    'HTTP/1.1 503 Busy\r\nContent-Type: text/html\r\n\r\n<html>busy</html>',
    { status: 503, body: '<html>busy</html>', keptAlive: false },
  ],
  [
    'after which the server closes',
    'HTTP/1.1 200 OK\r\nConnection: Close\r\nContent-Length: 1\r\n\r\na',
    { status: 200, body: 'a', keptAlive: false },
  ],
  [
    'after which the server closes, as one of several words says',
    'HTTP/1.1 200 OK\r\nConnection: keep-alive, close\r\nContent-Length: 1\r\n\r\na',
    { status: 200, body: 'a', keptAlive: false },
  ],
  [
    'after which the server closes, as the second header of the name says',
    'HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length: 1\r\nconnection: close\r\n\r\na',
    { status: 200, body: 'a', keptAlive: false },
  ],
  [
    'of HTTP/1.0 that keeps the connection',
    'HTTP/1.0 200 OK\r\nContent-Length: 1\r\nConnection: x, Keep-Alive\r\n\r\na',
    { status: 200, body: 'a', keptAlive: true },
  ],
  [
    'of HTTP/1.0, after which it closes unless it says otherwise',
    'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na',
    { status: 200, body: 'a', keptAlive: false },
  ],
  [
    'after one that was only preliminary',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na',
    { status: 200, body: 'a', keptAlive: true },
  ],
  ['whose head breaks off', 'HTTP/1.1 200 OK\r\nContent-Len', undefined],
  ['whose body breaks off', 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc', undefined],
  ['whose chunks break off', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nabcd\r\n', undefined],
])('a response %s, however it is cut into pieces', (_, text, expected) => {
  for (const pieceBytes of [1, 2, 3, 7, 1000]) expect(read(text, pieceBytes)).toEqual(expected);
});

it('keeps no connection on which more came than the response', () => {
  expect(read('HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nabc', 1000)).toEqual({
    status: 200,
    body: 'a',
    keptAlive: false,
  });
});

it.each([
  ['another protocol', '220 smtp.example.com ready\r\n\r\n'],
  ['a length that is none', 'HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nX: y\r\nContent-Length: 2\r\n\r\nab'],
  [
    'a length beside chunks',
    'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
  ],
  [
    'an encoding that nobody asked for',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n',
  ],
  ['another protocol from here on', 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: h2c\r\n\r\n'],
  [
    'a chunk without a length',
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nabc\r\n'.replace('abc', 'xyz'),
  ],
  ['a chunk that is too long', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n'],
  ['a head without an end', `HTTP/1.1 200 OK\r\n${'x: y\r\n'.repeat(20_000)}`],
  ['a head of more than 64 KiB', `HTTP/1.1 204\r\n${'x: y\r\n'.repeat(20_000)}\r\n`],
])('refuses %s', (_, text) => {
  for (const pieceBytes of [1000, text.length]) {
    expect(() => read(text, pieceBytes)).toThrow(MalformedResponse);
  }
});
