import { describe, expect, it } from 'vitest';
import { Pacer } from '../../client/pacer.ts';

const hour = 3_600_000;

describe('a pause', () => {
  it('lasts as long as it was asked for, and the longest counts', () => {
    const pacer = new Pacer(10, 50, 0);
    pacer.pause(5000, 1000);
    pacer.pause(1000, 2000);
    expect([pacer.take(2000), pacer.take(5999), pacer.take(6000)]).toEqual([4000, 1, 0]);
  });

  it('is not longer because the clock was set back', () => {
    const pacer = new Pacer(10, 50, hour);
    pacer.pause(5000, hour);
    expect(pacer.take(0)).toBe(0);
    pacer.pause(5000, 0);
    expect([pacer.take(4000), pacer.take(5000)]).toEqual([1000, 0]);
  });
});
