import { describe, expect, it } from 'vitest';
import { readPlainRequest } from '../src/plain-request.ts';

const lines = [
  'POST /prod/@connections/a%3D?b=1 HTTP/1.1',
  'Host: gateway',
  'Authorization:  AWS4 x ',
  'Content-Length: 2',
];

const manyHeaders = Array.from({ length: 1000 }, (_, index) => `a${index}:`);

function chunk(head: readonly string[], body = 'hi'): Buffer {
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`, 'latin1');
}

describe('a plain request', () => {
  it('is read with method, path and query, headers by lower-case name, and body', () => {
    const request = readPlainRequest(chunk(lines));
    expect(request).toMatchObject({ method: 'POST', url: '/prod/@connections/a%3D?b=1' });
    expect([...(request?.headers ?? [])]).toStrictEqual([
      ['host', 'gateway'],
      ['authorization', 'AWS4 x'],
      ['content-length', '2'],
    ]);
    expect(request?.body.toString()).toBe('hi');
  });

  it('needs no body', () => {
    expect(readPlainRequest(chunk(['GET / HTTP/1.1', 'Host: gateway'], ''))?.body).toHaveLength(0);
  });

  it.each<[string, Buffer]>([
    ['whose head has not ended', Buffer.from('POST / HTTP/1.1\r\nHost: gateway\r\n')],
    ['whose body has not ended', chunk(lines, 'h')],
    ['behind which another begins', chunk(lines, 'hiPOST')],
    ['of HTTP/1.0', chunk(['GET / HTTP/1.0', 'Host: gateway'], '')],
    ['without a host', chunk(lines.toSpliced(1, 1))],
    ['with a header that stands twice', chunk([...lines, 'content-length: 2'])],
    ['with a folded header', chunk([...lines, ' folded'])],
    ['with a header without a colon', chunk([...lines, 'Colon'])],
    ['with a blank before the colon', chunk([...lines, 'Name : x'])],
    ['with a lone line feed', chunk([...lines, 'Name: a\nb'])],
    ['with a byte that is not ASCII', chunk([...lines, 'Name: \u00e9'])],
    ['with a tab', chunk(lines.with(3, 'Content-Length:\t2'))],
    ['with more headers than Node.js reads', chunk([...lines, ...manyHeaders])],
    ['of a method without a body in its answer', chunk(['HEAD / HTTP/1.1', 'Host: gateway'], '')],
    ['of a method that Node.js may not know', chunk(['FETCH / HTTP/1.1', 'Host: gateway'], '')],
    ['with a length that is no number', chunk(lines.with(3, 'Content-Length: +2'))],
    ['in pieces with lengths of their own', chunk([...lines.slice(0, 3), 'Transfer-Encoding: chunked'], '')],
    ['that waits for a permission to go on', chunk([...lines, 'Expect: 100-continue'])],
    ['for another protocol', chunk([...lines, 'Connection: Upgrade', 'Upgrade: websocket'])],
    ['after which the connection is to close', chunk([...lines, 'Connection: close'])],
    ['after which a proxy is to close it', chunk([...lines, 'Proxy-Connection: close'])],
    ['with a head of over 16 KB', chunk([...lines, `Name: ${'x'.repeat(16_384)}`])],
  ])('is none %s', (_name, bytes) => {
    expect(readPlainRequest(bytes)).toBeUndefined();
  });
});
