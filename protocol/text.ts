import { graphemeUnits } from './client-limits.ts';

/*
 * How a text is made fit, the same on both sides of the wire. Pure, and without the schema library: the SDK's bundle
 * holds it.
 */

/**
 * Every line end as `\n`: CR LF, CR, VT, FF, NEL, LS and PS, which are Unicode's mandatory breaks (UAX #14). Phones and
 * browsers of different systems write different ones, and most of them are control characters that would be refused.
 */
export function withLineFeeds(text: string): string {
  return text.replace(/\r\n|[\r\v\f\u0085\u2028\u2029]/g, '\n');
}

/**
 * At most so many UTF-16 units from the beginning of a text, cut between two graphemes: no half of a family, of a flag or
 * of an accented letter stays.
 *
 * A grapheme of more than 64 units is nobody's writing and is cut between two code points, so that a letter under a
 * thousand accents does not empty the text. So is every grapheme where `Intl.Segmenter` is missing (Firefox before 125);
 * where the Unicode versions of two machines differ, the newest emoji may be cut differently by them. The work does not
 * grow with what is cut off.
 */
export function cut(text: string, units: number): string {
  return text.length <= units ? text : text.slice(0, endOf(text, units));
}

/** Where a text that is longer than `units` is cut. */
function endOf(text: string, units: number): number {
  // Whether a grapheme ends at `units` depends on what is before it and on the one code point behind it.
  const start = graphemes()
    ?.segment(text.slice(0, units + 2))
    .containing(units)?.index;
  if (start !== undefined && units - start <= graphemeUnits) return start;
  const last = text.charCodeAt(units - 1);
  return last >= 0xd800 && last <= 0xdbff ? units - 1 : units;
}

let segmenter: Intl.Segmenter | undefined;

function graphemes(): Intl.Segmenter | undefined {
  return typeof Intl.Segmenter === 'function' ? (segmenter ??= new Intl.Segmenter('en')) : undefined;
}
