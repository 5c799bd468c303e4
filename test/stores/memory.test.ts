import { ConnectionRows, MemoryConnectionStore } from './memory/connection-store.ts';
import { MemoryConversationStore } from './memory/conversation-store.ts';
import { describeStores } from './conformance.ts';

describeStores({
  name: 'memory',
  start() {
    const conversations = new MemoryConversationStore();
    const rows = new ConnectionRows();
    return Promise.resolve({
      conversations,
      connections: (shards = 1) => new MemoryConnectionStore({ rows, shards }),
      removeEntry: (ref, seq) => Promise.resolve(conversations.removeEntry(ref, seq)),
      stop: () => Promise.resolve(),
    });
  },
});
