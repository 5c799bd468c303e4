import * as fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { cut, withLineFeeds } from '../../protocol/text.ts';

describe('withLineFeeds', () => {
  it.each([
    ['CR LF', '\r\n'],
    ['CR', '\r'],
    ['VT', '\v'],
    ['FF', '\f'],
    ['NEL', '\u0085'],
    ['LS', '\u2028'],
    ['PS', '\u2029'],
    ['LF', '\n'],
  ])('makes one line feed of %s', (_, end) => {
    expect(withLineFeeds(`one${end}two`)).toBe('one\ntwo');
  });

  it('keeps empty lines, whatever ends them', () => {
    expect(withLineFeeds('a\r\n\r\nb\n\rc\r\rd')).toBe('a\n\nb\n\nc\n\nd');
  });
});

describe('cut', () => {
  it.each([
    ['a family', '👨‍👩‍👧‍👦'],
    ['a couple with two tones of skin', '👩🏻‍❤️‍💋‍👩🏼'],
    ['a flag', '🇳🇱'],
    ['the flag of a part of a country', '🏴󠁧󠁢󠁥󠁮󠁧󠁿'],
    ['a letter with its accents', 'e\u0301\u0323'],
    ['a syllable of Hangul in parts', '\u1112\u1161\u11ab'],
    ['a surrogate pair', '🐝'],
    ['a keycap', '1\ufe0f\u20e3'],
  ])('keeps %s whole or not at all', (_, grapheme) => {
    for (let units = 10; units < 10 + grapheme.length; units++) {
      expect(cut(`${'x'.repeat(10)}${grapheme}tail`, units)).toBe('x'.repeat(10));
    }
    expect(cut(`${'x'.repeat(10)}${grapheme}tail`, 10 + grapheme.length)).toBe(
      `${'x'.repeat(10)}${grapheme}`,
    );
  });

  it('finds the flags in a row of them', () => {
    expect(cut('🇳🇱🇧🇪🇩🇪', 7)).toBe('🇳🇱');
    expect(cut('x🇳🇱🇧🇪🇩🇪', 8)).toBe('x🇳🇱');
  });

  it('leaves a text that fits as it is', () => {
    expect(cut('👨‍👩‍👧‍👦', 11)).toBe('👨‍👩‍👧‍👦');
    expect(cut('', 0)).toBe('');
  });

  it('cuts a grapheme that nobody writes, but no surrogate pair', () => {
    expect(cut(`a${'\u0301'.repeat(200)}`, 120)).toBe(`a${'\u0301'.repeat(119)}`);
    expect(cut(`a${'\u{1d167}'.repeat(200)}`, 120)).toBe(`a${'\u{1d167}'.repeat(59)}`);
  });

  it('looks at no more of a long text than what it keeps', () => {
    const segment = vi.spyOn(Intl.Segmenter.prototype, 'segment');
    try {
      expect(cut('👨‍👩‍👧‍👦'.repeat(100_000), 4096)).toHaveLength(4092);
      expect(segment.mock.calls.map(([text]) => text.length)).toEqual([4098]);
    } finally {
      segment.mockRestore();
    }
  });

  it('keeps a beginning that is well-formed, at most a grapheme short of the limit', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(text, fc.nat({ max: 80 }), (whole, units) => {
        const kept = cut(whole, units);
        expect(whole.startsWith(kept)).toBe(true);
        expect(kept.length).toBeLessThanOrEqual(units);
        expect(kept.isWellFormed()).toBe(true);
        const next = [...new Intl.Segmenter('en').segment(whole.slice(kept.length))][0]?.segment ?? '';
        if (kept !== whole) expect(kept.length + next.length).toBeGreaterThan(units);
      }),
    );
  });
});

describe('where Intl.Segmenter is missing', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('cuts between code points', () => {
    vi.stubGlobal('Intl', {});
    expect(cut('🇳🇱🇧🇪', 6)).toBe('🇳🇱🇧');
    expect(cut('🇳🇱🇧🇪', 7)).toBe('🇳🇱🇧');
  });
});
