import type { environment } from '../lambdas/contract/environment.ts';
import type { RouteKey, routes } from '../lambdas/contract/routes.ts';

/** An entry file of `lambdas/`, without its ending. */
export type FunctionName = 'authorizer' | (typeof routes)[RouteKey] | 'notify';

/** No `BatchWriteItem`, which would allow to put what may only be deleted. */
type ItemAction = 'GetItem' | 'BatchGetItem' | 'Query' | 'PutItem' | 'UpdateItem' | 'DeleteItem';

/** What one function gets, and nothing else. */
export interface FunctionRow {
  /** 10 unless stated. */
  readonly timeoutSeconds?: number;
  /** 512 unless stated. */
  readonly memoryMegabytes?: number;
  readonly variables: readonly (keyof typeof environment)[];
  /** What it may do with the items of each family. A transaction needs the action of each of its parts. */
  readonly connections?: readonly ItemAction[];
  readonly memberships?: readonly ItemAction[];
  readonly conversations?: readonly ItemAction[];
  /** Whether it may query the index of latest activity. */
  readonly readsActivity?: boolean;
  /** What it may do with connections through the @connections API. */
  readonly manages?: 'POST' | 'DELETE';
}

/** Commits to a conversation's log, delivers to the members of its groups and removes the dead among them. */
const commitsAndDelivers = {
  variables: ['tableName', 'groupShards', 'connectionsEndpoint'],
  conversations: ['GetItem', 'PutItem', 'UpdateItem'],
  memberships: ['Query', 'DeleteItem'],
  connections: ['DeleteItem'],
  manages: 'POST',
} satisfies FunctionRow;

/**
 * A membership and the connection's list of them change in one transaction. Each of its actions is allowed on both
 * families: whether AWS holds an action's condition against the keys of its own item or of the whole transaction is not
 * documented. Neither family holds a message.
 *
 * What is left open: the keys name families and no hotels, since a function serves every hotel by one role. So who takes
 * over `connect` or `subscribe` could make a connection hear of any hotel, and who takes over any of those that deliver
 * could end memberships of any. Roles that are assumed for each hotel would close it, at a call more for each frame.
 */
const onBothFamilies = (...actions: ItemAction[]) => ({ connections: actions, memberships: actions });

export const functionRows: Readonly<Record<FunctionName, FunctionRow>> = {
  authorizer: { timeoutSeconds: 5, variables: ['tokenTrust', 'allowedOrigins', 'requireOrigin'] },
  connect: {
    variables: ['tableName', 'groupShards'],
    connections: ['PutItem'],
    memberships: ['PutItem'],
  },
  disconnect: {
    variables: ['tableName', 'groupShards'],
    connections: ['DeleteItem'],
    memberships: ['DeleteItem'],
  },
  default: { variables: [] },
  subscribe: {
    variables: ['tableName', 'groupShards', 'connectionsEndpoint'],
    conversations: ['GetItem', 'Query'],
    ...onBothFamilies('UpdateItem', 'PutItem', 'DeleteItem'),
    // A connection that is not known any more is closed.
    manages: 'DELETE',
  },
  unsubscribe: {
    variables: ['tableName', 'groupShards'],
    ...onBothFamilies('UpdateItem', 'DeleteItem'),
  },
  'send-message': commitsAndDelivers,
  change: commitsAndDelivers,
  history: { variables: ['tableName'], conversations: ['GetItem', 'Query'] },
  conversations: { variables: ['tableName'], readsActivity: true },
  ping: {
    variables: ['tableName', 'groupShards', 'connectionsEndpoint'],
    conversations: ['BatchGetItem'],
    connections: ['GetItem'],
    readsActivity: true,
    manages: 'DELETE',
  },
  // An invocation carries up to `limits.notifyEvents` events, one commit and fan-out after the other.
  notify: { ...commitsAndDelivers, timeoutSeconds: 120, memoryMegabytes: 1024 },
};
