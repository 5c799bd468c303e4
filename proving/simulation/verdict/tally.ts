import * as v from 'valibot';
import type { Invariant } from '../checker/violation.ts';
import { allFaultKinds } from '../faults.ts';
import type { Counts, SeedOutcome } from './outcome.ts';

/** What is told of a violation in the verdict line. */
const wordOf: Readonly<Record<Invariant, string>> = {
  S1: 'lost',
  S2: 'phantom',
  S3: 'duplicate',
  S4: 'reordered',
  S5: 'gap',
  S6: 'reordered',
  S7: 'unauthorized',
  S8: 'unsubscribed',
  S9: 'late-cleanup',
  S10: 'conflict',
  L1: 'stuck',
  L2: 'late-cleanup',
  L3: 'stuck',
  L4: 'over-cap',
  L5: 'over-cost',
  X: 'unforeseen',
};

/** What a verdict asks for besides that nothing is wrong. */
export interface Demands {
  /** Everything that must have gone wrong. */
  readonly faults: readonly string[];
  /** How often each fault must have come about. */
  readonly leastFaults: number;
  /** How often each kind of operation must have been tried, for a verdict to mean something. */
  readonly leastOperations: Partial<Readonly<Record<keyof Counts, number>>>;
  /** L5: what a run of many seeds may cost; absent where costs are not measured. */
  readonly ceilings?: Costs;
}

/** What each delivered or stored message cost. */
export interface Costs {
  readonly postsPerDelivery: number;
  readonly writeUnitsPerMessage: number;
  readonly readUnitsPerMessage: number;
}

export const simulationDemands: Demands = {
  faults: allFaultKinds,
  leastFaults: 3,
  leastOperations: {
    sends: 500,
    notifies: 500,
    changes: 100,
    subscribes: 300,
    unsubscribes: 50,
    lists: 300,
    crowds: 3,
    deliveries: 5000,
    rotations: 20,
  },
  // Faults are in it: what is repeated is paid for again.
  ceilings: { postsPerDelivery: 2, writeUnitsPerMessage: 24, readUnitsPerMessage: 24 },
};

/** Fewer seeds may be dear by chance. */
const seedsForCosts = 100;

export type Colour = 'green' | 'red' | 'unknown';

const numbers = v.record(v.string(), v.number());

/** A tally as it is kept in a file. */
export const savedTally = v.object({
  seeds: v.number(),
  coreMilliseconds: v.number(),
  counts: numbers,
  faults: numbers,
  words: numbers,
  red: v.array(v.object({ seed: v.number(), invariant: v.string(), message: v.string() })),
});

export type SavedTally = v.InferOutput<typeof savedTally>;

/** The sum of many seeds. */
export class Tally {
  readonly demands: Demands;
  readonly counts = new Map<string, number>();
  readonly faults: Map<string, number>;
  readonly words = new Map(Object.values(wordOf).map((word) => [word, 0]));
  /** Each red seed with the first of its violations. */
  readonly red: SavedTally['red'] = [];
  seeds = 0;
  /** CPU time of all processes that took part. */
  coreMilliseconds = 0;

  constructor(demands: Demands = simulationDemands) {
    this.demands = demands;
    this.faults = new Map(demands.faults.map((kind) => [kind, 0]));
  }

  add({ seed, counts, faults, violations }: SeedOutcome): void {
    this.seeds++;
    this.#sum(Object.entries(counts), faults);
    for (const { invariant } of violations) addTo(this.words, wordOf[invariant], 1);
    const [first] = violations;
    if (first !== undefined) this.red.push({ seed, ...first });
  }

  /** Adds what was kept of other seeds. */
  addSaved({ seeds, coreMilliseconds, counts, faults, words, red }: SavedTally): void {
    this.seeds += seeds;
    this.coreMilliseconds += coreMilliseconds;
    this.#sum(Object.entries(counts), Object.entries(faults));
    for (const [word, times] of Object.entries(words)) addTo(this.words, word, times);
    this.red.push(...red);
  }

  save(): SavedTally {
    return {
      seeds: this.seeds,
      coreMilliseconds: Math.round(this.coreMilliseconds),
      counts: Object.fromEntries(this.counts),
      faults: Object.fromEntries(this.faults),
      words: Object.fromEntries(this.words),
      red: this.red.toSorted((one, other) => one.seed - other.seed),
    };
  }

  count(name: keyof Counts): number {
    return this.counts.get(name) ?? 0;
  }

  get costs(): Costs {
    const each = (what: keyof Counts, of: keyof Counts) => this.count(what) / Math.max(1, this.count(of));
    return {
      postsPerDelivery: each('posts', 'deliveries'),
      writeUnitsPerMessage: each('writeUnits', 'stored'),
      readUnitsPerMessage: each('readUnits', 'stored'),
    };
  }

  /** L5: the costs that are over their ceilings, in words. */
  get tooDear(): string[] {
    const { costs } = this;
    const { ceilings } = this.demands;
    if (ceilings === undefined) return [];
    return (['postsPerDelivery', 'writeUnitsPerMessage', 'readUnitsPerMessage'] as const)
      .filter((name) => costs[name] > ceilings[name])
      .map((name) => `${name}: ${costs[name].toFixed(1)} of ${ceilings[name]}`);
  }

  /** What has not happened often enough, in words. */
  get vacuous(): string[] {
    const faults = [...this.faults]
      .filter(([, times]) => times < this.demands.leastFaults)
      .map(([kind, times]) => `${kind}: ${times}`);
    const operations = Object.entries(this.demands.leastOperations)
      .map(([name, least]) => ({ name, least, times: this.counts.get(name) ?? 0 }))
      .filter(({ least, times }) => times < least)
      .map(({ name, times, least }) => `${name}: ${times} of ${least}`);
    return [...operations, ...faults];
  }

  /** `unknown`: nothing is wrong, but too little of what could go wrong has happened. */
  get colour(): Colour {
    if (this.red.length > 0 || (this.seeds >= seedsForCosts && this.tooDear.length > 0)) return 'red';
    return this.vacuous.length > 0 ? 'unknown' : 'green';
  }

  get deliveriesPerCoreSecond(): number {
    return Math.round((this.count('deliveries') / Math.max(1, this.coreMilliseconds)) * 1000);
  }

  #sum(counts: readonly Pair[], faults: readonly Pair[]): void {
    for (const [name, count] of counts) addTo(this.counts, name, count);
    // A kind that is counted no more is in no table either.
    for (const [kind, times] of faults) if (this.faults.has(kind)) addTo(this.faults, kind, times);
  }
}

type Pair = readonly [string, number];

function addTo<Name>(sums: Map<Name, number>, name: Name, amount: number): void {
  sums.set(name, (sums.get(name) ?? 0) + amount);
}
