/**
 * The one DynamoDB table: the names that the stack gives and the functions use. What is stored in it, and under which keys,
 * is the adapters' (`lambdas/adapters/dynamodb/keys.ts`, `items.ts`).
 */
export const table = {
  partitionKey: 'pk',
  sortKey: 'sk',
  /** Epoch seconds. DynamoDB may delete days later, so every reader also compares it with its own clock. */
  timeToLive: 'expiresAt',
  activityIndex: {
    name: 'byActivity',
    partitionKey: 'activityPk',
    sortKey: 'activitySk',
  },
} as const;

/** What a partition key begins with. A function's role names the families that it may touch. */
export const itemFamilies = {
  connections: 'U#',
  memberships: 'G#',
  conversations: 'V#',
} as const;
