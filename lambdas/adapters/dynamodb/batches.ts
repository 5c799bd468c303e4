import { BatchWriteCommand } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../../contract/table.ts';
import { Unavailable, type World } from '../../core/ports.ts';
import type { Table } from './client.ts';
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

/** Requests in one BatchWriteItem (DynamoDB's limit). */
const batchSize = 25;

/** Deletes rows, those that do not exist too, all batches at once. */
export async function deleteInBatches(
  { client, name }: Table,
  world: World,
  rows: readonly Key[],
): Promise<void> {
  const batches = Array.from({ length: Math.ceil(rows.length / batchSize) }, (_, at) =>
    rows.slice(at * batchSize, (at + 1) * batchSize),
  );
  await Promise.all(
    batches.map((batch) =>
      untilProcessed(world, batch, async (left) => {
        const requests = left.map((row) => ({ DeleteRequest: { Key: row } }));
        const answer = await client.send(new BatchWriteCommand({ RequestItems: { [name]: requests } }));
        const unprocessed = new Set(
          (answer.UnprocessedItems?.[name] ?? []).map((request) =>
            String(request.DeleteRequest?.Key?.['pk']),
          ),
        );
        // All rows of one connection have partitions of their own.
        return left.filter(({ pk }) => unprocessed.has(pk));
      }),
    ),
  );
}
