import { statuses } from '../../protocol/model.ts';
import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection, type Identity } from './identity.ts';
import { done, type Answer } from './refusals.ts';
import { closeUnknown } from './unknown-connection.ts';

/**
 * Tells a connection what it has missed: conversations whose newest number is another than it thinks, and departments
 * whose newest activity is. `null` stands for what it may not see or what is not there.
 *
 * A connection that is not known hears of nothing, and is closed.
 */
export async function ping(
  deps: Pick<Dependencies, 'conversations' | 'connections' | 'gateway' | 'world'>,
  connection: Connection,
  { heads, inbox }: Request<'ping'>,
): Promise<Answer<Reply<'pong'>>> {
  const { identity } = connection;
  const [known, currentHeads, currentInbox] = await Promise.all([
    deps.connections.has(connection),
    readHeads(deps, identity, [...(heads?.keys() ?? [])]),
    readInbox(deps, identity, [...(inbox?.keys() ?? [])]),
  ]);
  if (!known) return closeUnknown(deps, connection);
  return done({
    type: 'pong',
    at: deps.world.now().toISOString(),
    heads: differing(heads, currentHeads),
    inbox: differing(inbox, currentInbox),
  });
}

async function readHeads(
  deps: Pick<Dependencies, 'conversations'>,
  identity: Identity,
  ids: readonly string[],
): Promise<Map<string, number | null>> {
  const found = await deps.conversations.readMany(identity.hotelId, ids);
  return new Map(
    ids.map((id) => {
      const conversation = found.get(id);
      return [id, conversation && maySee(identity, conversation.department) ? conversation.head : null];
    }),
  );
}

async function readInbox(
  deps: Pick<Dependencies, 'conversations'>,
  identity: Identity,
  departments: readonly string[],
): Promise<Map<string, string | null>> {
  const newest = async (department: string): Promise<[string, string | null]> => {
    if (!maySee(identity, department)) return [department, null];
    const lists = await Promise.all(
      statuses.map((status) => deps.conversations.list(identity.hotelId, { department, status, limit: 1 })),
    );
    const times = lists.flat().map(({ updatedAt }) => updatedAt);
    return [department, times.toSorted().at(-1) ?? null];
  };
  return new Map(await Promise.all(departments.map(newest)));
}

function differing<T>(known: ReadonlyMap<string, T> | undefined, current: ReadonlyMap<string, T | null>) {
  // Not by assignment: `__proto__` is a valid id.
  return Object.fromEntries([...current].filter(([key, value]) => known?.get(key) !== value));
}
