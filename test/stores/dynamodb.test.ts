import { DeleteCommand } from '@aws-sdk/lib-dynamodb';
import { DynamoConnectionStore } from '../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from '../../lambdas/adapters/dynamodb/conversation-store.ts';
import { machine } from '../../lambdas/adapters/world.ts';
import { keys } from '../../lambdas/adapters/dynamodb/keys.ts';
import { startEngine } from '../support/engine.ts';
import { describeStores } from './conformance.ts';

describeStores({
  name: 'DynamoDB',
  async start() {
    const engine = await startEngine();
    const table = await engine.table('stores');
    return {
      conversations: new DynamoConversationStore(table, machine),
      connections: (shards = 1) => new DynamoConnectionStore(table, machine, shards),
      async removeEntry({ hotelId, conversationId }, seq) {
        const Key = keys.entry(hotelId, conversationId, seq);
        await table.client.send(new DeleteCommand({ TableName: table.name, Key }));
      },
      stop: () => engine.stop(),
    };
  },
});
