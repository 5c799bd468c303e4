import type { World } from './ports.ts';

/** Lost rounds after which a writer gives up: about three seconds of waiting in all. */
export const maximumRounds = 20;
const millisecondsPerRound = 25;

/**
 * Waits before the next attempt of a writer that lost `rounds` rounds to others: anywhere from nothing to a time that
 * grows with the rounds lost, because that is how many others there are.
 */
export function waitForTurn(world: World, rounds: number): Promise<void> {
  return world.sleep(world.random() * millisecondsPerRound * rounds);
}

/** Attempts until something other than `contended` comes out, or the rounds are used up. */
export async function untilUncontended<T extends string>(
  world: World,
  attempt: () => Promise<T | 'contended'>,
): Promise<T | 'contended'> {
  for (let rounds = 1; rounds < maximumRounds; rounds++) {
    const outcome = await attempt();
    if (outcome !== 'contended') return outcome;
    await waitForTurn(world, rounds);
  }
  return attempt();
}
