import type { Colour } from '../simulation/verdict/tally.ts';
import type { Circumstances, Proof, Section } from './record.ts';

/** What a user can choose. */
export interface Options {
  readonly seeds: number;
  readonly from: number;
  readonly workers: number;
  readonly messages: number;
  readonly minutes: number;
  readonly clients: number;
}

/** What a part is given. */
export interface Trial {
  readonly options: Options;
  /** The user wants to stop: the part ends what it has started, and rejects with the signal's reason. */
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
  /** Says how far it is, not more often than every ten seconds. */
  readonly progress: (text: () => string) => void;
  readonly circumstances: () => Circumstances;
  /** The command that tries something again: some options said anew, the others as the user gave them. */
  readonly again: (anew: Partial<Options> & { readonly only: string }) => string;
  /** Changes what is kept, and writes the report. */
  readonly keep: (change: (proof: Proof) => Proof) => Promise<void>;
}

/** What one part has found. */
export type Findings = Omit<Section, keyof Circumstances>;

/** One thing that is proven, under the name by which `--only` chooses it. */
export type Part = { readonly name: string; readonly title: string } & (
  | { readonly findings: (trial: Trial) => Promise<Findings> }
  /** A part that goes on for hours: it keeps what it finds by itself and, when it is stopped, says how to go on. */
  | { readonly run: (trial: Trial) => Promise<Colour> }
);
