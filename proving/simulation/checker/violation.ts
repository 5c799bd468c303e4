import type { Line } from '../history/history.ts';

/** The invariants of proving/README.md; `X` is whatever must never happen at all. */
export type Invariant =
  | 'S1'
  | 'S2'
  | 'S3'
  | 'S4'
  | 'S5'
  | 'S6'
  | 'S7'
  | 'S8'
  | 'S9'
  | 'S10'
  | 'L1'
  | 'L2'
  | 'L3'
  | 'L4'
  | 'L5'
  | 'X';

/** One thing that is wrong, in a sentence, and the lines that show it. */
export interface Violation {
  readonly invariant: Invariant;
  readonly message: string;
  readonly lines: readonly Line[];
}

export function violation(
  invariant: Invariant,
  message: string,
  ...lines: readonly (Line | undefined)[]
): Violation {
  return { invariant, message, lines: lines.filter((line) => line !== undefined) };
}
