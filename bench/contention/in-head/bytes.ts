/** About what an entry adds to the head: its name twice, its text, a number, and what two maps take for it. */
export function bytesOf(name: string, stored: string): number {
  return 2 * Buffer.byteLength(name) + Buffer.byteLength(stored) + 6;
}
