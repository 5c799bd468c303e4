import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { savedTally } from '../simulation/verdict/tally.ts';

/** When, with what and by which command something was tried. */
const circumstances = {
  /** The end of it, `2026-11-23 07:45 UTC`. */
  date: v.string(),
  commit: v.string(),
  node: v.string(),
  cores: v.number(),
  command: v.string(),
};

const section = v.object({
  ...circumstances,
  colour: v.picklist(['green', 'red', 'unknown']),
  /** What came of it, in one line. */
  verdict: v.string(),
  /** Each thing that is not as it should be. */
  findings: v.array(v.string()),
  table: v.object({ head: v.array(v.string()), rows: v.array(v.array(v.string())) }),
});

const seedRun = v.object({ ...circumstances, from: v.number(), to: v.number(), tally: savedTally });

const proof = v.object({
  seedRuns: v.array(seedRun),
  /** By the name of the part. */
  sections: v.record(v.string(), section),
});

export type Circumstances = v.InferOutput<v.ObjectSchema<typeof circumstances, undefined>>;
export type Section = v.InferOutput<typeof section>;
export type SeedRun = v.InferOutput<typeof seedRun>;

/** Everything that was tried, each part as it was tried last. */
export type Proof = v.InferOutput<typeof proof>;

export const nothingYet: Proof = { seedRuns: [], sections: {} };

/** What is kept in a file; nothing yet, where there is none. */
export function readProof(file: string): Proof {
  const text = textOf(file);
  if (text === undefined) return nothingYet;
  const read = v.safeParse(v.pipe(v.string(), v.parseJson(), proof), text);
  if (!read.success) throw new Error(`${file}: not what npm run prove writes; take it away to begin anew`);
  return read.output;
}

/** Puts a run beside the others. What it has tried again, from the first seed to the last, it replaces. */
export function withSeedRun({ seedRuns, sections }: Proof, run: SeedRun): Proof {
  const others = seedRuns.filter(({ from, to }) => from < run.from || to > run.to);
  return { sections, seedRuns: [...others, run].toSorted((one, other) => one.from - other.from) };
}

export function withSection({ seedRuns, sections }: Proof, name: string, latest: Section): Proof {
  return { seedRuns, sections: { ...sections, [name]: latest } };
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
