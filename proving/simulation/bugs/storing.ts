import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Bug } from '../world.ts';
import { inConversations } from './ports.ts';
import { inRequests } from './requests.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Removes the condition of every write whose sort key begins with one of these. */
function withoutConditions(...sortKeys: readonly string[]): Bug {
  return inRequests((command) => {
    if (!(command instanceof TransactWriteCommand)) return command;
    const concerned = (key: unknown) => sortKeys.some((start) => String(key).startsWith(start));
    const TransactItems = (command.input.TransactItems ?? []).map(({ Put, Update, Delete }) => {
      if (Update && concerned(Update.Key?.['sk'])) {
        return { Update: { ...Update, ConditionExpression: undefined } };
      }
      if (Put && concerned(Put.Item?.['sk'])) return { Put: { ...Put, ConditionExpression: undefined } };
      return { ...(Put && { Put }), ...(Update && { Update }), ...(Delete && { Delete }) };
    });
    return new TransactWriteCommand({ TransactItems });
  });
}

/** What can be wrong with storing. */
export const storingBugs: readonly PlantedBug[] = [
  {
    name: 'acknowledges before it stores',
    bug: inConversations((store, { world }) => ({
      commit(commit) {
        // Nobody hears of it when that fails.
        void world
          .sleep(200)
          .then(() => store.commit(commit))
          .catch(() => {});
        return Promise.resolve({ kind: 'committed' });
      },
    })),
  },
  {
    name: 'keeps no receipts',
    bug: inConversations((store) => ({
      commit: ({ receipt: _receipt, ...commit }) => store.commit(commit),
      receipt: () => Promise.resolve(undefined),
    })),
  },
  {
    name: 'keys receipts without their sender',
    bug: inConversations((store) => ({
      commit: ({ receipt, ...commit }) =>
        store.commit({ ...commit, ...(receipt && { receipt: { ...receipt, sender: 'anyone' } }) }),
      receipt: (ref, { key }) => store.receipt(ref, { key, sender: 'anyone' }),
    })),
  },
  {
    name: 'keeps receipts for ten seconds',
    bug: inConversations((store, { world }) => {
      const era = () => Math.floor(world.now().getTime() / 10_000);
      return {
        commit: ({ receipt, ...commit }) =>
          store.commit({
            ...commit,
            ...(receipt && { receipt: { ...receipt, key: `${receipt.key}-${era()}` } }),
          }),
        receipt: (ref, { key, sender }) => store.receipt(ref, { sender, key: `${key}-${era()}` }),
      };
    }),
  },
  { name: 'counts without a condition', bug: withoutConditions('HEAD', 'E#') },
  {
    name: 'takes a lost answer for a failure, and stores under another key',
    bug: inConversations((store) => ({
      async commit(commit) {
        try {
          return await store.commit(commit);
        } catch {
          const { receipt } = commit;
          const again = receipt && { receipt: { ...receipt, key: `${receipt.key}-again` } };
          const moved = await store.commit({ ...commit, ...again });
          return moved;
        }
      },
    })),
  },
  {
    name: 'skips one entry at the border of a page',
    bug: inConversations((store) => ({
      page: (ref, range) =>
        store.page(ref, range.kind === 'after' && range.seq > 0 ? { ...range, seq: range.seq + 1 } : range),
    })),
  },
  { name: 'joins a connection that has gone', bug: withoutConditions('C#') },
];
