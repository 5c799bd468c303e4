import { maySee, tokenExpired } from './identity.ts';
import { Pool } from './pool.ts';
import {
  errorFields,
  type ConnectionStore,
  type Gateway,
  type Group,
  type Log,
  type Member,
  type World,
} from './ports.ts';

export interface Delivery {
  readonly hotelId: string;
  readonly groups: readonly Group[];
  /** A member gets the frame only if it may see one of these. */
  readonly departments: readonly (string | null)[];
  readonly frame: string;
  /** The connection that sent it, which gets a reply instead. */
  readonly except?: string;
}

/** `audience` is the sum of the others. */
export interface Tally {
  audience: number;
  delivered: number;
  gone: number;
  failed: number;
  /** What `notify` answers has it, and nothing is deferred yet (`notSentYet` of protocol). */
  readonly deferred: 0;
}

export interface FanOutDependencies {
  readonly connections: ConnectionStore;
  readonly gateway: Gateway;
  readonly world: World;
  readonly log: Log;
}

/** Posts under way at once. */
const concurrency = 64;

/**
 * A row younger than this is not deleted for a 410: API Gateway answers 410 for a connection whose `$connect` has not
 * returned yet (AWS knowledge center, 410-gone-api-gateway).
 */
const openingMilliseconds = 10_000;

/**
 * Posts a frame to every member of the groups, each connection once.
 *
 * Resolves when every post was answered or gave up; one that fails or is slow delays no other. A member that may not
 * see the conversation any more, or whose token has expired, is left out; rows of connections that no longer exist are
 * deleted on the way. Rejects with `Unavailable` only if a group could not be read.
 */
export async function fanOut(deps: FanOutDependencies, delivery: Delivery): Promise<Tally> {
  const tally: Tally = { audience: 0, delivered: 0, gone: 0, failed: 0, deferred: 0 };
  const seen = new Set(delivery.except === undefined ? [] : [delivery.except]);
  const pool = new Pool(concurrency);
  const reach = async (member: Member): Promise<void> => {
    const now = deps.world.now();
    if (member.expiresAt * 1000 <= now.getTime()) return forget(deps, member);
    if (!entitled(member, delivery, now)) return;
    tally.audience++;
    const outcome = await deps.gateway.post(member.connectionId, delivery.frame);
    tally[outcome]++;
    if (outcome === 'gone' && now.getTime() - member.connectedAt > openingMilliseconds) {
      await forget(deps, member);
    }
  };
  const posts: Promise<void>[] = [];
  const reads = await Promise.allSettled(
    delivery.groups.map(async (group) => {
      for await (const page of deps.connections.members(delivery.hotelId, group)) {
        const unseen = page.filter(({ connectionId }) => !seen.has(connectionId) && seen.add(connectionId));
        posts.push(...unseen.map((member) => pool.run(() => reach(member))));
      }
    }),
  );
  // Also after a failed read: a function that has answered is frozen, with the posts that it did not wait for.
  await Promise.all(posts);
  for (const read of reads) if (read.status === 'rejected') throw read.reason;
  return tally;
}

/** Membership was checked when it was made; rights and tokens may have changed since. */
function entitled(member: Member, delivery: Delivery, now: Date): boolean {
  return (
    !tokenExpired(member.tokenExpiresAt, now) &&
    delivery.departments.some((department) => maySee(member, department))
  );
}

/** Deletes what is left of a dead connection. What cannot be deleted now is met again by the next fan-out. */
async function forget(deps: FanOutDependencies, member: Member): Promise<void> {
  try {
    await deps.connections.forget(member);
  } catch (error) {
    deps.log.write('warn', 'dead connection not deleted', {
      connectionId: member.connectionId,
      ...errorFields(error),
    });
  }
}
