import type { Dependencies } from '../../../lambdas/core/dependencies.ts';
import type { ConnectionStore, ConversationStore, Gateway, Member } from '../../../lambdas/core/ports.ts';
import type { Bug, World } from '../world.ts';

/* Ways to change one method of a port from outside, and leave the others as they are. */

type Change<Port> = (port: Port, deps: Dependencies, world: World) => Partial<Port>;

export function inConversations(change: Change<ConversationStore>): Bug {
  return inDependencies((deps, world) => {
    const store = deps.conversations;
    return {
      conversations: {
        read: (ref) => store.read(ref),
        readMany: (hotelId, ids) => store.readMany(hotelId, ids),
        commit: (commit) => store.commit(commit),
        entry: (ref, seq) => store.entry(ref, seq),
        receipt: (ref, receipt) => store.receipt(ref, receipt),
        page: (ref, range) => store.page(ref, range),
        list: (hotelId, range) => store.list(hotelId, range),
        ...change(store, deps, world),
      },
    };
  });
}

export function inConnections(change: Change<ConnectionStore>): Bug {
  return inDependencies((deps, world) => ({
    connections: connectionsWith(deps.connections, change(deps.connections, deps, world)),
  }));
}

export function connectionsWith(store: ConnectionStore, changes: Partial<ConnectionStore>): ConnectionStore {
  return {
    open: (connection, groups) => store.open(connection, groups),
    has: (connection) => store.has(connection),
    close: (connection) => store.close(connection),
    forget: (member) => store.forget(member),
    join: (connection, group, most) => store.join(connection, group, most),
    leave: (connection, group) => store.leave(connection, group),
    members: (hotelId, group) => store.members(hotelId, group),
    ...changes,
  };
}

export function inGateway(change: Change<Gateway>): Bug {
  return inDependencies((deps, world) => {
    const { gateway } = deps;
    return {
      gateway: {
        post: (connectionId, frame) => gateway.post(connectionId, frame),
        close: (connectionId) => gateway.close(connectionId),
        ...change(gateway, deps, world),
      },
    };
  });
}

export function inDependencies(change: (deps: Dependencies, world: World) => Partial<Dependencies>): Bug {
  return { variation: (world) => ({ dependencies: (deps) => ({ ...deps, ...change(deps, world) }) }) };
}

/** Each page of members, changed. */
export async function* pagesOf(
  pages: AsyncIterable<readonly Member[]>,
  change: (page: readonly Member[]) => readonly Member[],
): AsyncIterable<readonly Member[]> {
  for await (const page of pages) yield change(page);
}

/** `true` once in so many times. */
export function oneIn(times: number): () => boolean {
  let count = 0;
  return () => ++count % times === 0;
}
