import {
  ConditionalCheckFailedException,
  DeleteItemCommand,
  paginateScan,
  type AttributeValue,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TableModel } from '../model.ts';

export interface SweeperOptions {
  readonly client: DynamoDBClient;
  readonly tables: readonly TableModel[];
  readonly clock: Clock;
  readonly log: Log;
  readonly limits?: Partial<SweeperLimits> | undefined;
}

export interface SweeperLimits {
  readonly intervalMilliseconds: number;
  /**
   * Rows stay for so long after their time. DynamoDB promises nothing sooner than "a few days"; ten minutes are enough to
   * catch code that forgets to filter expired rows.
   */
  readonly latenessMilliseconds: number;
}

export interface Sweeper {
  /** Removes what is due now, in every table; returns how many rows that were. */
  sweep(): Promise<number>;
  /** Settles when a sweep that runs has ended. */
  stop(): Promise<void>;
}

const defaultLimits: SweeperLimits = { intervalMilliseconds: 60_000, latenessMilliseconds: 10 * 60_000 };

/** Source: "Using time to live (TTL)", DynamoDB developer guide: what expired longer ago is never deleted. */
const oldestSeconds = 5 * 365 * 24 * 60 * 60;

/** Deletes expired rows in the place of an engine that accepts a TTL and never acts on it. */
export function startSweeper(options: SweeperOptions): Sweeper {
  const limits = { ...defaultLimits, ...options.limits };
  const { clock, log } = options;
  let stopped = false;
  let running: Promise<unknown> = Promise.resolve();
  let cancel = clock.after(limits.intervalMilliseconds, tick);

  function tick(): void {
    running = sweep()
      .catch((error: unknown) => stopped || log(`Expired rows could not be removed: ${String(error)}`))
      .finally(() => {
        if (!stopped) cancel = clock.after(limits.intervalMilliseconds, tick);
      });
  }

  async function sweep(): Promise<number> {
    const before = Math.floor((clock.now() - limits.latenessMilliseconds) / 1000);
    let removed = 0;
    for (const table of options.tables) removed += await sweepTable(options.client, table, before);
    return removed;
  }

  return {
    sweep,
    async stop() {
      stopped = true;
      cancel();
      await running;
    },
  };
}

/** The time that counts stands in the row when it is deleted, not when it was found: it may have been moved since. */
const expired = '#ttl < :before AND #ttl > :oldest';

async function sweepTable(client: DynamoDBClient, table: TableModel, before: number): Promise<number> {
  const { name, keySchema, timeToLiveAttribute } = table;
  if (timeToLiveAttribute === undefined) return 0;
  const keyNames = keySchema.map(({ attributeName }) => attributeName);
  const condition = {
    ExpressionAttributeNames: { '#ttl': timeToLiveAttribute },
    ExpressionAttributeValues: {
      ':before': { N: String(before) },
      ':oldest': { N: String(before - oldestSeconds) },
    },
  };
  const aliases = Object.fromEntries(keyNames.map((key, index) => [`#key${index}`, key]));
  const pages = paginateScan(
    { client },
    {
      TableName: name,
      FilterExpression: expired,
      ProjectionExpression: Object.keys(aliases).join(', '),
      ...condition,
      ExpressionAttributeNames: { ...condition.ExpressionAttributeNames, ...aliases },
    },
  );
  let removed = 0;
  for await (const { Items: items = [] } of pages) {
    for (const key of items) removed += await deleteExpired(client, name, key, condition);
  }
  return removed;
}

async function deleteExpired(
  client: DynamoDBClient,
  name: string,
  key: Record<string, AttributeValue>,
  condition: {
    ExpressionAttributeNames: Record<string, string>;
    ExpressionAttributeValues: Record<string, AttributeValue>;
  },
): Promise<number> {
  try {
    await client.send(
      new DeleteItemCommand({ TableName: name, Key: key, ConditionExpression: expired, ...condition }),
    );
    return 1;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return 0;
    throw error;
  }
}
