import { limits } from '../../protocol/limits.ts';

/** What a guest wrote, made fit to store. */
export interface Cleaned {
  readonly text: string;
  readonly truncated: boolean;
}

/** Control characters other than tab and newline. */
const controlCharacters = /[^\P{Cc}\t\n]/gu;

/** Drops control characters, mends broken Unicode and cuts what is too long: a guest is never refused for content. */
export function clean(text: string, units: number): Cleaned {
  const mended = text.toWellFormed().replace(controlCharacters, '');
  const kept = cut(mended, units);
  return { text: kept, truncated: kept.length < mended.length };
}

/** The beginning of a message, as an inbox shows it. */
export function preview(text: string): string {
  return cut(text, limits.previewUnits);
}

/** At most so many UTF-16 units, without half of a surrogate pair at the end. */
function cut(text: string, units: number): string {
  if (text.length <= units) return text;
  const lastKept = text.charCodeAt(units - 1);
  const splitsPair = lastKept >= 0xd800 && lastKept <= 0xdbff;
  return text.slice(0, splitsPair ? units - 1 : units);
}
