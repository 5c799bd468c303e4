/** The value of an option, or a sentence that says what it must be. */
export function wholeNumber(name: string, text: string): number {
  if (!/^[1-9]\d{0,11}$/.test(text))
    throw new Error(`--${name}: must be a whole number from 1, not "${text}"`);
  return Number(text);
}
