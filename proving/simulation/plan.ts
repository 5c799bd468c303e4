import type { Random } from './kernel/random.ts';

/**
 * What a run is like.
 *
 * `calm`: nothing goes wrong, and everything must be prompt. `rough`: a few minutes of much going wrong. `long`: hours,
 * with little traffic, so that connections and tokens reach their end.
 */
export type RunKind = 'calm' | 'rough' | 'long';

/** Everything that a seed decides before the world begins. */
export interface Plan {
  readonly kind: RunKind;
  readonly hotels: number;
  readonly departments: number;
  readonly users: number;
  readonly tabs: number;
  readonly conversations: number;
  /** How long the workload goes on. */
  readonly milliseconds: number;
  /** The mean time between two things that one tab does, or one upstream. */
  readonly pauseMilliseconds: number;
  /** The part of all faults that are switched on. */
  readonly faultShare: number;
  /** Seconds that a token lives. */
  readonly tokenSeconds: number;
  /** Whether connections are replaced every half minute instead of every two hours. */
  readonly quickRotation: boolean;
  /** At the end all sockets are cut, or nothing but time heals. */
  readonly ending: 'reconnect' | 'heal';
  /** Whether somebody has nearly as many conversations open as a connection may be subscribed to. */
  readonly crowded: boolean;
  /** Members in one page of a query. */
  readonly membersPage: number;
  /** Whether a row with an impossible id lies in the table from the start. */
  readonly malformedRow: boolean;
  /** UTF-16 units of a long text; some messages have it. */
  readonly longText: number;
  /** Whether somebody subscribes to more conversations than a connection may. */
  readonly hoards: boolean;
}

export function planOf(random: Random): Plan {
  const dice = random.next();
  const kind: RunKind = dice < 0.15 ? 'calm' : dice < 0.97 ? 'rough' : 'long';
  const shortTokens = kind === 'rough' && random.chance(0.2);
  const plan: Plan = {
    kind,
    hotels: random.pick([1, 2, 2, 3]),
    departments: random.whole(1, 3),
    users: random.whole(2, 4),
    tabs: kind === 'long' ? 2 : random.whole(2, 5),
    conversations: random.whole(1, 4),
    milliseconds: kind === 'long' ? random.between(2.2, 4.5) * 3_600_000 : random.between(20, 90) * 1000,
    pauseMilliseconds: kind === 'long' ? 240_000 : random.between(600, 4000),
    faultShare: kind === 'calm' ? 0 : random.between(0.15, 0.7),
    tokenSeconds:
      kind === 'long' ? random.pick([3000, 9000, 80_000]) : shortTokens ? random.whole(35, 120) : 3600,
    quickRotation: random.chance(0.15),
    ending: random.chance(0.5) ? 'reconnect' : 'heal',
    membersPage: random.whole(1, 6),
    malformedRow: kind === 'rough' && random.chance(0.1),
    crowded: false,
    longText: random.pick([10, 10, 10, 300, 4000]),
    hoards: random.chance(0.05),
  };
  return kind === 'rough' && random.chance(0.02) ? crowd(plan, random.whole(60, 100)) : plan;
}

/** One hotel with many conversations, and few people: each of them costs as much as a run of others. */
export function crowd(plan: Plan, conversations: number): Plan {
  return { ...plan, crowded: true, hotels: 1, users: 2, tabs: 2, conversations, longText: 10 };
}
