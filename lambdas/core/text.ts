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

/** The beginning of a message, as an inbox shows it. */
export function preview(text: string): string {
  return cut(text, limits.previewUnits);
}
