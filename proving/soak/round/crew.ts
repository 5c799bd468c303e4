import type { Counters } from '../../simulation/clients/tab.ts';
import type { User } from '../../simulation/clients/tokens.ts';
import type { Random } from '../../simulation/kernel/random.ts';
import type { Pace } from '../clients/member.ts';

/** What a round is like. */
export interface RoundPlan {
  readonly seed: number;
  /** How long people work and things go wrong; the quiet end comes after it. */
  readonly seconds: number;
  readonly clients: number;
  readonly hotels: number;
  /** In each hotel. */
  readonly conversations: number;
  /** The part of all users who see every department. */
  readonly managers: number;
  /** The mean time between two things that one client does, in milliseconds. */
  readonly pauseMs: number;
  /** The same between two events of one hotel's upstream. */
  readonly upstreamPauseMs: number;
  readonly pace: Pace;
}

/**
 * Short enough that every client changes its connection within the time, and a few times in minutes; and after a loss they come back as far
 * apart as one machine can take that plays all of AWS.
 */
export function paceOf(clients: number, seconds: number): Pace {
  return {
    rotateAfterMs: Math.min(60_000, seconds * 100),
    rotateBeforeMs: Math.min(150_000, seconds * 400),
    overlapMs: 5000,
    watchingPingMs: 20_000,
    pingMs: 40_000,
    pongTimeoutMs: 12_000,
    backoffBaseMs: 500 + 40 * clients,
    backoffCapMs: 5000 + 75 * clients,
  };
}

export const newCounters = (): Counters => ({ operations: 0, views: 0 });

/** Names that no other round has. */
export function hotelNames(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-hotel-${index + 1}`);
}

/** Two seats share a user, who has two tabs open. */
const seatsOfUser = 2;

/** Who sits at each seat, hotel by hotel in turn. Ids of users are the same in every hotel. */
export function usersOf(
  random: Random,
  hotels: readonly string[],
  departments: readonly string[],
  { clients, managers }: Pick<RoundPlan, 'clients' | 'managers'>,
): User[] {
  const users = new Map<string, User>();
  return Array.from({ length: clients }, (_, seat) => {
    const hotel = hotels[seat % hotels.length] ?? '';
    const id = `user-${Math.floor(seat / hotels.length / seatsOfUser) + 1}`;
    const known = users.get(`${hotel} ${id}`);
    if (known) return known;
    const user: User = {
      hotel,
      id,
      role: random.chance(managers) ? 'manager' : 'staff',
      departments: departments.filter(() => random.chance(0.7)),
    };
    users.set(`${hotel} ${id}`, user);
    return user;
  });
}
