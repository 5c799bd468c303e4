import { limits } from '../../protocol/limits.ts';
import { cut, withLineFeeds } from '../../protocol/text.ts';

/** What a guest wrote, made fit to store. */
export interface Cleaned {
  readonly text: string;
  readonly truncated: boolean;
}

/** Control characters other than tab and newline. */
const controlCharacters = /[^\P{Cc}\t\n]/gu;

/** How much longer than what is kept a text is looked at: an invocation may bring one of 6 MB. */
const sparedFactor = 16;

/**
 * Makes line ends `\n`, drops other control characters, mends broken Unicode and cuts what is too long: a guest is never
 * refused for content. Of a text of more than sixteen times `units` the rest is not even looked at.
 */
export function clean(text: string, units: number): Cleaned {
  const seen = text.slice(0, units * sparedFactor);
  const mended = withLineFeeds(seen.toWellFormed()).replace(controlCharacters, '');
  const kept = cut(mended, units);
  return { text: kept, truncated: kept.length < mended.length || seen.length < text.length };
}

/**
 * What turns the direction of whatever stands beside it: embeddings, overrides and isolates (UAX #9). The mere marks, which
 * right-to-left writing uses, stay.
 */
const directionControls = /[\u202a-\u202e\u2066-\u2069]/g;

/** What shows something. U+2800 and U+1D159 are symbols without ink, which no property of Unicode tells. */
const visible = /[^\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}\u2800\u{1d159}]/u;

/**
 * Makes a name fit to stand in a row among other words: as `clean`, in one line, and without what would turn the words
 * beside it around. One without a visible character becomes empty, which is no name: it would leave a blank row.
 */
export function cleanName(name: string): Cleaned {
  const { text, truncated } = clean(name, limits.freeTextUnits);
  const line = text.replaceAll('\n', ' ').replace(directionControls, '');
  return { text: visible.test(line) ? line : '', truncated };
}

/** The beginning of a message, as an inbox shows it. */
export function preview(text: string): string {
  return cut(text, limits.previewUnits);
}
