import { DynamoConnectionStore } from '../../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from '../../../lambdas/adapters/dynamodb/conversation-store.ts';
import { keys } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { World } from '../../../lambdas/core/ports.ts';
import { describeStores } from '../../../test/stores/conformance.ts';
import { Faults } from '../faults.ts';
import { Random } from '../kernel/random.ts';
import { Scheduler } from '../kernel/scheduler.ts';
import { readPageOf, tableClient } from './client.ts';
import { SimulatedTable } from './table.ts';

// The adapters as they are, on the simulated table: what the suite asks of a real engine is asked of it too.
describeStores({
  name: 'the simulated table',
  start() {
    const scheduler = new Scheduler(Date.now());
    const random = new Random(1);
    const faults = new Faults(random, 0, () => {});
    const simulated = new SimulatedTable(scheduler, random, faults);
    // Each answer waits until the index has seen it: the suite asks for what is there, not for when.
    const through = async <T>(request: () => Promise<T>): Promise<T> => {
      setImmediate(() => scheduler.runUntil(scheduler.now + 1000));
      try {
        return await request();
      } finally {
        await scheduler.sleep(500);
      }
    };
    const deps = { table: simulated, scheduler, random, faults, membersPage: Number.POSITIVE_INFINITY };
    const client = tableClient(deps, through);
    const table = { name: 'simulated', client, readPage: readPageOf(client) };
    const world: World = {
      now: () => new Date(scheduler.now),
      sleep: (milliseconds) => through(() => scheduler.sleep(milliseconds)),
      random: () => random.next(),
      newId: () => 'made',
    };
    return Promise.resolve({
      conversations: new DynamoConversationStore(table, world),
      connections: (shards = 1) => new DynamoConnectionStore(table, world, shards),
      removeEntry: ({ hotelId, conversationId }, seq) => {
        simulated.items.delete(keys.entry(hotelId, conversationId, seq));
        return Promise.resolve();
      },
      stop: () => Promise.resolve(),
    });
  },
});
