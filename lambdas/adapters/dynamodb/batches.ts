import { Unavailable, type World } from '../../core/ports.ts';
import { available } from './errors.ts';

const attempts = 6;
const firstWaitMilliseconds = 50;

/**
 * Sends a batch until nothing of it is left unprocessed: DynamoDB takes as much of a batch as it can and hands back
 * the rest. `send` resolves to that rest. Rejects with `Unavailable` after six attempts with growing, jittered waits.
 */
export async function untilProcessed<T>(
  world: World,
  items: readonly T[],
  send: (items: readonly T[]) => Promise<readonly T[]>,
): Promise<void> {
  let left = items;
  for (let attempt = 0; left.length > 0; attempt++) {
    if (attempt === attempts) throw new Unavailable('DynamoDB left part of a batch unprocessed');
    if (attempt > 0) await world.sleep(world.random() * firstWaitMilliseconds * 2 ** attempt);
    const batch = left;
    left = await available(() => send(batch));
  }
}
