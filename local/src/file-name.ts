/**
 * A name of AWS's as the name of a file: what could lead out of a folder, or mean something to a file system, is written
 * as `%` and its hexadecimal code. Names that AWS itself takes stay as they are.
 */
export function fileNameOf(name: string): string {
  const encoded = name.replace(/[^\w.-]/gu, (character) => encodeURIComponent(character.toWellFormed()));
  return encoded.replace(/^\.+/, (dots) => '%2E'.repeat(dots.length));
}
