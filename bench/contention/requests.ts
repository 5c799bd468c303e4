import * as v from 'valibot';

/** What the service has to know of a request, whatever it is. */
export interface Request {
  readonly writes: boolean;
  readonly isTransaction: boolean;
  /** Whether it may store a message: a transaction, or an update that carries an entry. */
  readonly isCommit: boolean;
  /** Partition and sort key of each item that it names. */
  readonly keys: readonly string[];
  /** Of the table, and the index's where it is written. */
  readonly partitions: readonly string[];
}

const attribute = v.object({ S: v.string() });
const key = v.object({ pk: attribute, sk: attribute });
const values = v.optional(v.record(v.string(), v.unknown()));
const write = v.object({
  Put: v.optional(v.object({ Item: key })),
  Update: v.optional(v.object({ Key: key })),
});
const batch = v.array(v.object({ PutRequest: v.object({ Item: key }) }));
const input = v.object({
  Key: v.optional(key),
  Item: v.optional(key),
  TransactItems: v.optional(v.array(write)),
  RequestItems: v.optional(v.record(v.string(), batch)),
  ExpressionAttributeValues: values,
  IndexName: v.optional(v.string()),
});

const reading = new Set(['GetItemCommand', 'QueryCommand']);

export function requestOf(commandName: string, given: unknown): Request {
  const parsed = v.parse(input, given);
  const { Key, Item, TransactItems = [], RequestItems = {}, ExpressionAttributeValues = {} } = parsed;
  const items = [
    Key,
    Item,
    ...TransactItems.map(({ Put, Update }) => Put?.Item ?? Update?.Key),
    ...Object.values(RequestItems).flatMap((requests) => requests.map(({ PutRequest }) => PutRequest.Item)),
  ].filter((each) => each !== undefined);
  const isTransaction = TransactItems.length > 0;
  const isCommit = isTransaction || ':entry' in ExpressionAttributeValues;
  const partition = items[0]?.pk.S ?? v.safeParse(attribute, ExpressionAttributeValues[':pk']).output;
  const own = typeof partition === 'string' ? partition : 'other';
  return {
    writes: !reading.has(commandName) && !commandName.startsWith('Get') && !commandName.startsWith('Query'),
    isTransaction,
    isCommit,
    keys: items.map(({ pk, sk }) => `${pk.S} ${sk.S}`),
    partitions: isCommit ? [own, 'index'] : [own],
  };
}
