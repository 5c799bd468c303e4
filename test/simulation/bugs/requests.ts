import type { Write } from '../../../lambdas/adapters/dynamodb/operations.ts';
import type { Bug } from '../world.ts';

/** Changes the writes of the transactions that go to the table. */
export function inWrites(change: (write: Write) => Write): Bug {
  return {
    table: (client) => ({
      send: (operation, input) =>
        client.send(
          operation,
          'TransactItems' in input ? { ...input, TransactItems: input.TransactItems.map(change) } : input,
        ),
    }),
  };
}
