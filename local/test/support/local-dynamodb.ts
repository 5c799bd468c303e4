import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { startDynamoDb, type DynamoDb } from '../../src/dynamodb/dynamodb.ts';
import type { Environment } from '../../src/dynamodb/engine-location.ts';
import type { TableModel } from '../../src/model.ts';
import { keepProcesses } from '../../src/processes.ts';
import { manualClock } from './manual-clock.ts';

export const rooms: TableModel = {
  logicalId: 'Rooms',
  name: 'rooms',
  arn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/rooms',
  keySchema: [
    { attributeName: 'pk', keyType: 'HASH' },
    { attributeName: 'sk', keyType: 'RANGE' },
  ],
  attributeDefinitions: [
    { attributeName: 'pk', attributeType: 'S' },
    { attributeName: 'sk', attributeType: 'N' },
    { attributeName: 'floor', attributeType: 'S' },
  ],
  globalSecondaryIndexes: [
    {
      indexName: 'by-floor',
      keySchema: [{ attributeName: 'floor', keyType: 'HASH' }],
      projection: { projectionType: 'INCLUDE', nonKeyAttributes: ['guest', 'beds'] },
    },
  ],
  localSecondaryIndexes: [],
  timeToLiveAttribute: 'expiresAt',
};

export interface TestedDynamoDb extends DynamoDb {
  readonly client: DynamoDBClient;
  readonly deaths: string[];
}

export interface TestedDynamoDbOptions {
  readonly dataDirectory?: string;
  readonly environment?: Environment;
  readonly clock?: Clock;
}

/** The real engine with the given tables, gone after the test; in memory unless a data folder is given. */
export async function testedDynamoDb(
  tables: readonly TableModel[],
  { dataDirectory, environment = {}, clock = manualClock() }: TestedDynamoDbOptions = {},
): Promise<TestedDynamoDb> {
  const keeper = keepProcesses();
  onTestFinished(() => keeper.stop());
  const deaths: string[] = [];
  const dynamodb = await startDynamoDb({
    tables,
    region: 'eu-west-1',
    dataDirectory: dataDirectory ?? 'the data folder',
    inMemory: dataDirectory === undefined,
    environment,
    keeper,
    clock,
    log: () => undefined,
    onDeath: (sentence) => deaths.push(sentence),
  });
  const client = new DynamoDBClient({
    endpoint: dynamodb.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  onTestFinished(async () => {
    client.destroy();
    await dynamodb.stop();
  });
  return { ...dynamodb, client, deaths };
}
