import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameScanner } from '../../src/gateway/frame-scanner.ts';

interface Frame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly length: number;
}

const mask = [1, 2, 3, 4];

function encode({ opcode, fin, length }: Frame): Buffer {
  const first = (fin ? 0x80 : 0) | opcode;
  const head =
    length < 126 ? [length] : length < 65_536 ? [126, length >> 8, length & 0xff] : [127, 0, 0, 0, 0];
  const rest =
    length < 65_536 ? [] : [length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff];
  head[0] = (head[0] ?? 0) | 0x80;
  // A payload of 0xff would read as a giant frame if the scanner lost its place.
  return Buffer.concat([Buffer.from([first, ...head, ...rest, ...mask]), Buffer.alloc(length, 0xff)]);
}

function scan(frames: readonly Frame[], limit: number, chunkLength: number): number | undefined {
  const scanner = new FrameScanner(limit);
  const bytes = Buffer.concat(frames.map(encode));
  for (let at = 0; at < bytes.length; at += chunkLength) scanner.scan(bytes.subarray(at, at + chunkLength));
  return scanner.oversizedMessage;
}

const text = (length: number): Frame => ({ opcode: 1, fin: true, length });

describe('the frame scanner', () => {
  it('says which message holds the first frame that is too long', () => {
    expect(scan([text(100), text(200), text(201), text(300)], 200, 1_000)).toBe(3);
    expect(scan([text(0), text(70_000)], 65_536, 1_000)).toBe(2);
    expect(scan([text(200)], 200, 1_000)).toBeUndefined();
  });

  it('counts the frames of one message once', () => {
    const start: Frame = { opcode: 1, fin: false, length: 5 };
    const end: Frame = { opcode: 0, fin: true, length: 201 };
    expect(scan([text(1), start, end], 200, 1_000)).toBe(2);
  });

  it('passes over control frames', () => {
    const ping: Frame = { opcode: 9, fin: true, length: 125 };
    expect(scan([ping, text(101)], 100, 1_000)).toBe(1);
  });

  it('comes to the same wherever the network splits the bytes', () => {
    const frame = fc.record({
      opcode: fc.constantFrom(0, 1, 2, 9, 10),
      fin: fc.boolean(),
      length: fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 65_535, 65_536)),
    });
    fc.assert(
      fc.property(
        fc.array(frame, { maxLength: 6 }),
        fc.integer({ min: 1, max: 40 }),
        (frames, chunkLength) => {
          expect(scan(frames, 200, chunkLength)).toBe(scan(frames, 200, 1_000_000));
        },
      ),
    );
  });
});
