import { check } from '../checker/checker.ts';
import { violation, type Invariant, type Violation } from '../checker/violation.ts';
import { circumstancesIn, crowdsIn, rotationsIn } from '../circumstances.ts';
import type { Line } from '../history/history.ts';
import { simulate, type Run } from '../simulation.ts';
import type { Bug } from '../world.ts';

/** What came out of one seed, small enough to be sent between processes. */
export interface SeedOutcome {
  readonly seed: number;
  readonly counts: Counts;
  readonly faults: readonly (readonly [string, number])[];
  readonly violations: readonly { readonly invariant: Invariant; readonly message: string }[];
}

/** Numbers that are added up over seeds. */
export interface Counts {
  readonly attempted: number;
  readonly ok: number;
  readonly info: number;
  readonly fail: number;
  readonly sends: number;
  readonly notifies: number;
  readonly changes: number;
  readonly subscribes: number;
  readonly unsubscribes: number;
  /** Lists that were opened. */
  readonly lists: number;
  /** Clients that had more conversations open at once than one `ping` may ask about. */
  readonly crowds: number;
  /** Messages that the SDK handed to an app, each compared with the table. */
  readonly deliveries: number;
  readonly frames: number;
  readonly rotations: number;
  readonly connections: number;
  readonly stored: number;
  /** Absent where nobody can count them. */
  readonly posts?: number;
  readonly readUnits?: number;
  readonly writeUnits?: number;
  readonly steps?: number;
}

export interface Tried {
  readonly run: Run;
  readonly violations: readonly Violation[];
  readonly outcome: SeedOutcome;
}

/** Runs and checks one seed; must be called outside of a microtask. */
export function trySeed(seed: number, bug?: Bug): Tried {
  const run = simulate(seed, bug);
  const violations = [...check(run.history), ...overCap(run)];
  const faults = new Map<string, number>(run.faults);
  for (const [kind, times] of circumstancesIn(run.history)) faults.set(kind, (faults.get(kind) ?? 0) + times);
  return {
    run,
    violations,
    outcome: {
      seed,
      counts: { ...countsIn(run.history), ...costsOf(run) },
      faults: [...faults],
      violations: violations.map(({ invariant, message }) => ({ invariant, message })),
    },
  };
}

/** As many posts as `lambdas/core/fan-out.ts` has under way at once. */
const mostPostsAtOnce = 64;

/** L4: the posts that one environment had under way. What the client keeps is bounded in its own tests. */
function overCap({ use }: Run): Violation[] {
  return use.peakPosts > mostPostsAtOnce
    ? [violation('L4', `${use.peakPosts} posts were under way in one environment`)]
    : [];
}

function costsOf({ use }: Run) {
  const { posts, readUnits, writeUnits, steps } = use;
  return { posts, readUnits, writeUnits, steps };
}

/** What a history tells of how much was done. */
export function countsIn(history: readonly Line[]): Counts {
  const times = new Map<string, number>();
  for (const { f, type } of history) {
    const name = `${f} ${type}`;
    times.set(name, (times.get(name) ?? 0) + 1);
  }
  const how = (f: Line['f'], type: Line['type']) => times.get(`${f} ${type}`) ?? 0;
  const ends = (type: Line['type']) => how('send', type) + how('notify', type) + how('change', type);
  const [sends, notifies, changes] = [
    how('send', 'invoke'),
    how('notify', 'invoke'),
    how('change', 'invoke'),
  ];
  return {
    attempted: sends + notifies + changes,
    ok: ends('ok'),
    info: ends('info'),
    fail: ends('fail'),
    sends,
    notifies,
    changes,
    subscribes: how('subscribe', 'invoke'),
    unsubscribes: how('unsubscribe', 'invoke'),
    lists: how('list', 'invoke'),
    crowds: crowdsIn(history),
    deliveries: how('display', 'ok'),
    frames: how('frame', 'ok'),
    rotations: rotationsIn(history),
    connections: how('connect', 'ok'),
    stored: how('stored', 'ok') || how('scanEntry', 'ok'),
  };
}
