import { describe, expect, it } from 'vitest';
import { readSoakOptions } from './options.ts';

describe('the options of npm run soak', () => {
  it('are ten minutes and 200 clients in 8 hotels unless said', () => {
    expect(readSoakOptions([], 5)).toEqual({ minutes: 10, clients: 200, hotels: 8, seed: 5 });
  });

  it('are what is given; a few clients have as many hotels at most', () => {
    const given = ['--minutes', '1', '--clients', '3', '--seed', '7'];
    expect(readSoakOptions(given, 5)).toEqual({ minutes: 1, clients: 3, hotels: 3, seed: 7 });
  });

  it.each([
    [['--minutes', '0'], '--minutes must be a whole number from 1 to 1440, not "0".'],
    [['--clients', 'many'], '--clients must be a whole number from 2 to 2000, not "many".'],
    [['--clients', '4', '--hotels', '5'], '--hotels must be at most as many as --clients (4), not "5".'],
    [['--seed', '-1'], '--seed must be a whole number from 1 to 999999999, not "-1".'],
    [
      ['--second', '1'],
      'There is no option --second; there are --minutes, --clients, --hotels, --seed, --help.',
    ],
  ])('are refused in one sentence: %s', (given, sentence) => {
    expect(() => readSoakOptions(given, 5)).toThrow(sentence);
  });
});
