import { describe, expect, it } from 'vitest';
import { answerScanner } from '../../src/dynamodb/answer-scanner.ts';

const counted = 'HTTP/1.1 200 OK\r\ncontent-length: 14\r\nx: 0\r\n\r\n{"pk":"0\\r\\n"}';
const inPieces = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\n{"a":0\r\n1\r\n}\r\n0\r\n\r\n';
const empty = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';
const emptyInPieces = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n';

describe('an answer', () => {
  it.each([counted, inPieces, empty, emptyInPieces])('that comes at once is whole: %j', (answer) => {
    expect(answerScanner()(Buffer.from(answer))).toBe(true);
  });

  it.each([counted, inPieces, empty, emptyInPieces])('is whole with its last byte: %j', (answer) => {
    const isWhole = answerScanner();
    const told = [...Buffer.from(answer)].map((byte) => isWhole(Buffer.from([byte])));
    expect(told.slice(0, -1)).not.toContain(true);
    expect(told.at(-1)).toBe(true);
  });

  it('that says nothing of its length has no end that could be seen', () => {
    const isWhole = answerScanner();
    expect([isWhole(Buffer.from('HTTP/1.1 200 OK\r\n\r\n')), isWhole(Buffer.from('{}'))]).toEqual([
      false,
      false,
    ]);
  });
});
