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

/**
 * A text of several lines, in which what a terminal would obey stands as an escape such as `\\u001b`: names in templates
 * and what other programs say may hold anything. JSON stays the same JSON.
 */
export function visible(text: string): string {
  return text.replace(
    /[^\P{Cc}\n\t]|[\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
