import type { Member } from '../../../lambdas/core/ports.ts';
import { publishQuietly } from '../../../lambdas/core/publish.ts';
import { fieldsOf } from '../history/frames.ts';
import type { World } from '../world.ts';
import {
  connectionsWith,
  inConnections,
  inConversations,
  inDependencies,
  inGateway,
  oneIn,
  pagesOf,
} from './ports.ts';
import type { PlantedBug } from './planted-bug.ts';

/** When each row was written, by its keys: what a replica that lags would not have yet. */
const writtenAt = new WeakMap<World, Map<string, number>>();

function writesOf(world: World): Map<string, number> {
  const known = writtenAt.get(world);
  if (known) return known;
  const made = new Map<string, number>();
  writtenAt.set(world, made);
  world.table.listen(({ pk, sk }) => made.set(`${pk} ${sk}`, world.scheduler.now));
  return made;
}

/** What can be wrong with telling those whom it concerns. */
export const tellingBugs: readonly PlantedBug[] = [
  {
    name: 'drops one post in fifty and says nothing',
    bug: inGateway((gateway, _, world) => {
      const dice = world.random.stream('drops');
      return {
        post: (id, frame) => (dice.chance(0.02) ? Promise.resolve('delivered') : gateway.post(id, frame)),
      };
    }),
  },
  {
    name: 'does not wait for its posts',
    bug: inGateway((gateway, { world }) => ({
      post(id, frame) {
        void world.sleep(20).then(() => gateway.post(id, frame));
        return Promise.resolve('delivered');
      },
    })),
  },
  {
    name: 'tells before it stores',
    bug: inConversations((store, deps) => ({
      async commit(commit) {
        if (commit.entry !== undefined) await publishQuietly(deps, commit.next, commit.entry);
        return store.commit(commit);
      },
    })),
  },
  {
    name: 'reads members from a replica that lags',
    bug: {
      ...inConnections((store, _, world) => ({
        members: (hotelId, group) => {
          const writes = writesOf(world);
          const fresh = ({ place, connectionId }: Member) =>
            world.scheduler.now - (writes.get(`${place} M#${connectionId}`) ?? 0) < 1500;
          return pagesOf(store.members(hotelId, group), (page) => page.filter((member) => !fresh(member)));
        },
      })),
      // Otherwise a later number, or a ping, finds what was lost.
      plan: (plan) => ({ ...plan, kind: 'calm', faultShare: 0, pauseMilliseconds: 600 }),
    },
  },
  {
    name: 'reads one page of members',
    bug: inConnections((store) => ({
      async *members(hotelId, group) {
        for await (const page of store.members(hotelId, group)) {
          yield page;
          return;
        }
      },
    })),
  },
  {
    name: 'remembers members for half a minute',
    bug: inConnections((store, { world }) => {
      const known = new Map<string, { until: number; pages: (readonly Member[])[] }>();
      return {
        async *members(hotelId, group) {
          const key = JSON.stringify([hotelId, group]);
          const now = world.now().getTime();
          let found = known.get(key);
          if (found === undefined || found.until < now) {
            const pages: (readonly Member[])[] = [];
            for await (const page of store.members(hotelId, group)) pages.push(page);
            found = { until: now + 30_000, pages };
            known.set(key, found);
          }
          yield* found.pages;
        },
      };
    }),
  },
  {
    name: 'tells the first hotel only',
    bug: inConnections((store) => ({ members: (_, group) => store.members('hotel-1', group) })),
  },
  {
    name: 'leaves out the other tabs of the sender',
    bug: {
      variation() {
        let user: unknown;
        return {
          handler: (name, handler) => (event) => {
            const context = fieldsOf(fieldsOf(event)['requestContext']);
            user = name === 'send-message' ? fieldsOf(context['authorizer'])['userId'] : undefined;
            return handler(event);
          },
          dependencies: (deps) => ({
            ...deps,
            connections: connectionsWith(deps.connections, {
              members: (hotelId, group) =>
                pagesOf(deps.connections.members(hotelId, group), (page) =>
                  page.filter(({ userId }) => userId !== user),
                ),
            }),
          }),
        };
      },
    },
  },
  {
    name: 'leaves the dead to the expiry of rows',
    bug: inConnections(() => ({ forget: () => Promise.resolve() })),
  },
  {
    name: 'takes a connection that is opening for dead',
    bug: inConnections((store) => ({
      members: (hotelId, group) =>
        pagesOf(store.members(hotelId, group), (page) =>
          page.map((member) => ({ ...member, connectedAt: 0 })),
        ),
    })),
  },
  {
    name: 'forgets all connections of a user whose one is dead',
    bug: inConnections((store, _, world) => ({
      async forget(member) {
        await store.forget(member);
        for (const id of connectionsOf(world, member))
          await store.close({ id, identity: identityOf(member) });
      },
    })),
  },
  {
    name: 'closes all connections of a user whose one has ended',
    bug: inConnections((store, _, world) => ({
      async close(connection) {
        await store.close(connection);
        for (const id of connectionsOf(world, connection.identity)) await store.close({ ...connection, id });
      },
    })),
  },
  {
    name: 'leaves a connection open that it has taken for dead',
    bug: inDependencies(({ connections, gateway }) => ({
      connections: connectionsWith(connections, { has: () => Promise.resolve(true) }),
      gateway: { post: (id, frame) => gateway.post(id, frame), close: () => Promise.resolve() },
    })),
  },
  {
    name: 'answers that it has left, and has not',
    bug: inConnections((store) => {
      const lost = oneIn(2);
      return {
        leave: (connection, group) => (lost() ? Promise.resolve('left') : store.leave(connection, group)),
      };
    }),
  },
  {
    name: 'reads the log before it joins',
    bug: inConnections((store, { world }) => ({
      join(connection, group, most) {
        void world.sleep(150).then(() => store.join(connection, group, most));
        return Promise.resolve('joined');
      },
    })),
  },
];

function identityOf({ hotelId, userId, role, departments, tokenExpiresAt }: Member) {
  return { hotelId, userId, role, departments, tokenExpiresAt };
}

function connectionsOf(world: World, { hotelId, userId }: { hotelId: string; userId: string }): string[] {
  return world.table.items.partition(`U#${hotelId}#${userId}`).map(({ sk }) => sk.slice(2));
}
