/** Which lines of the list a target honoured, told by the tests of each. */
export class Score {
  readonly #differences: ReadonlyMap<number, string>;
  readonly #broken = new Map<number, boolean>();

  /** `differences` are lines that are not tried, with the reason. */
  constructor(differences: ReadonlyMap<number, string>) {
    this.#differences = differences;
  }

  /** A line is honoured when none of its tests failed. */
  count(line: number, failed: boolean): void {
    this.#broken.set(line, failed || (this.#broken.get(line) ?? false));
  }

  /** Such as `56 lines of the list, 52 honoured, 4 named differences (43, 44, 45, 46), 0 broken`. */
  summary(): string {
    const tried = [...this.#broken].filter(([line]) => !this.#differences.has(line));
    const broken = tried.filter(([, isBroken]) => isBroken).map(([line]) => line);
    const differing = [...this.#differences.keys()].toSorted((a, b) => a - b);
    return [
      `${tried.length + differing.length} lines of the list`,
      `${tried.length - broken.length} honoured`,
      `${differing.length} named differences${listed(differing)}`,
      `${broken.length} broken${listed(broken)}`,
    ].join(', ');
  }
}

function listed(lines: readonly number[]): string {
  return lines.length === 0 ? '' : ` (${lines.join(', ')})`;
}
