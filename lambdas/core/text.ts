import { limits } from '../../protocol/limits.ts';
import { cut, withLineFeeds } from '../../protocol/text.ts';

/** What a guest wrote, made fit to store. */
export interface Cleaned {
  readonly text: string;
  readonly truncated: boolean;
}

/** Control characters other than tab and newline. */
const controlCharacters = /[^\P{Cc}\t\n]/gu;

/**
 * Makes line ends `\n`, drops other control characters, mends broken Unicode and cuts what is too long: a guest is never
 * refused for content.
 */
export function clean(text: string, units: number): Cleaned {
  const mended = withLineFeeds(text.toWellFormed()).replace(controlCharacters, '');
  const kept = cut(mended, units);
  return { text: kept, truncated: kept.length < mended.length };
}

/** The beginning of a message, as an inbox shows it. */
export function preview(text: string): string {
  return cut(text, limits.previewUnits);
}
