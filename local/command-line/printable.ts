import { stripVTControlCharacters } from 'node:util';

/**
 * A text as one line that a terminal only shows and never obeys.
 *
 * What guests wrote reaches the terminal here: escape sequences, control characters and the marks that turn the direction
 * of a text around are left out; line breaks and tabs become spaces.
 */
export function printable(text: string): string {
  return stripVTControlCharacters(text)
    .replace(/[\n\t\u2028\u2029]/g, ' ')
    .replace(/[\p{Cc}\p{Bidi_Control}]/gu, '')
    .toWellFormed();
}
