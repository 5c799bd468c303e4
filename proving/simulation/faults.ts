import type { Random } from './kernel/random.ts';

/**
 * What can go wrong, each by the number that proving/README.md gives it.
 *
 * `rate`: the least and the most often that it is injected where it could be, in a run that has it switched on. Those
 * without a rate are circumstances: they are counted when they come about, and the workload sees to it that they do.
 */
export const faultKinds = {
  'F1 invocation killed at an await': { rate: [0.0005, 0.006] },
  'F2 asynchronous event delivered twice': { rate: [0.02, 0.2] },
  'F2 asynchronous event tried again': {},
  'F2 asynchronous event given up': {},
  'F3 table throttled': { rate: [0.002, 0.03] },
  'F4 transaction conflicted': {},
  'F4 transaction cancelled for a passing reason': { rate: [0.005, 0.06] },
  'F5 answer of the table lost': { rate: [0.001, 0.015] },
  'F6 gone although delivered': { rate: [0.002, 0.03] },
  'F6 gone while opening': {},
  'F7 post answered 400': {},
  'F8 slow consumer answered 429': { rate: [0.002, 0.02] },
  'F9 post answered 500': { rate: [0.005, 0.05] },
  'F9 post delivered and its answer lost': { rate: [0.005, 0.05] },
  'F10 socket half open': { rate: [0.05, 0.4] },
  'F11 $disconnect lost': { rate: [0.05, 0.5] },
  'F12 $disconnect late': { rate: [0.05, 0.5] },
  'F13 joined without a connection row': {},
  'F14 committed during a subscribe': {},
  'F15 connection cut before the answer': { rate: [0.002, 0.02] },
  'F16 clock wrong': { rate: [0.2, 0.8] },
  'F18 frames of one connection swapped': { rate: [0.02, 0.3] },
  'F19 partition hot': { rate: [0.0005, 0.003] },
  'F21 two hours over': {},
  'F22 idle for ten minutes': {},
  'F23 environments replaced': { rate: [0.1, 0.5] },
  'F24 all connections dropped at once': { rate: [0.05, 0.3] },
  'F24 connection refused': { rate: [0.02, 0.2] },
  'F25 account throttled': { rate: [0.001, 0.01] },
  'F26 token expired': {},
  'F27 conversation left the department': {},
  'F28 environment frozen with work pending': {},
  'F29 batch partly unprocessed': { rate: [0.02, 0.2] },
  'F29 more than one page': {},
  'F30 environment used by another hotel': {},
  'F31 page cut by bytes': {},
  'F32 forged cursor': {},
  'closing stale': {},
  "upstream's clock ahead": {},
  'event id used for two things': {},
  'attachment odd': {},
  'message edited or deleted': {},
  'guest renamed': {},
  'index lagging': { rate: [0.05, 0.5] },
  'network stalled': { rate: [0.001, 0.01] },
  'socket reset': { rate: [0.2, 0.9] },
  'frame throttled by the gateway': { rate: [0.002, 0.02] },
  'integration timed out': { rate: [0.001, 0.01] },
  'tab reloaded': { rate: [0.1, 0.6] },
  'token not to be had': { rate: [0.05, 0.4] },
  'token that is none': { rate: [0.05, 0.4] },
  'departments of a user changed': { rate: [0.1, 0.5] },
  'other user signed in': { rate: [0.05, 0.3] },
  'other user signed in without a reload': { rate: [0.05, 0.3] },
  'repeated after access was lost': {},
  'F10 post answered 200 and lost': { rate: [0.005, 0.08] },
} as const satisfies Record<string, { readonly rate?: readonly [number, number] }>;

export type FaultKind = keyof typeof faultKinds;

/** Which faults a run has, how often, and how often each came about. */
export class Faults {
  readonly #random: Random;
  readonly #rates = new Map<FaultKind, number>();
  readonly fired = new Map<FaultKind, number>();
  readonly #told: (kind: FaultKind, where: string) => void;
  #on = true;

  /** `share`: the part of all kinds that a run has switched on, drawn from `random`. */
  constructor(random: Random, share: number, told: (kind: FaultKind, where: string) => void) {
    this.#random = random;
    this.#told = told;
    for (const kind of allFaultKinds) {
      const range = rangeOf(kind);
      if (range && random.chance(share)) this.#rates.set(kind, random.between(...range));
    }
  }

  has(kind: FaultKind): boolean {
    return this.#rates.has(kind);
  }

  /** Whether to inject one here; where it is so, it is counted. */
  strikes(kind: FaultKind, where: string): boolean {
    const rate = this.#rates.get(kind);
    if (!this.#on || rate === undefined || !this.#random.chance(rate)) return false;
    this.count(kind, where);
    return true;
  }

  /** A circumstance came about. */
  count(kind: FaultKind, where: string): void {
    this.fired.set(kind, (this.fired.get(kind) ?? 0) + 1);
    this.#told(kind, where);
  }

  get areOn(): boolean {
    return this.#on;
  }

  off(): void {
    this.#on = false;
  }
}

export const allFaultKinds: readonly FaultKind[] = Object.keys(faultKinds).filter(isFaultKind);

export function isFaultKind(name: string): name is FaultKind {
  return Object.hasOwn(faultKinds, name);
}

function rangeOf(kind: FaultKind): readonly [number, number] | undefined {
  const { rate }: { rate?: readonly [number, number] } = faultKinds[kind];
  return rate;
}
