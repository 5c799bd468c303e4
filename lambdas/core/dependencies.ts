import type { Heads } from './heads.ts';
import type { ConnectionStore, ConversationStore, Gateway, Log, World } from './ports.ts';

/** Everything that the decisions need; wired in one composition file, and by tests. */
export interface Dependencies {
  readonly conversations: ConversationStore;
  readonly connections: ConnectionStore;
  readonly gateway: Gateway;
  readonly world: World;
  readonly log: Log;
  readonly heads: Heads;
}
