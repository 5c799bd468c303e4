import {
  CreateTableCommand,
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  ResourceNotFoundException,
  UpdateTimeToLiveCommand,
  type CreateTableCommandInput,
  type DynamoDBClient,
  type KeySchemaElement,
  type Projection,
  type TableDescription,
} from '@aws-sdk/client-dynamodb';
import type { IndexModel, KeyElement, TableModel } from '../model.ts';
import { Refusal } from '../refusal.ts';
import { actualLayout, differences, wantedLayout } from './table-layout.ts';

/**
 * Creates the tables that are missing and leaves the others as they are, data and all.
 *
 * @param place names in a sentence where the tables are kept, such as `the data folder .local`.
 * @throws Refusal when a table is there with another key or other indexes; nothing is changed then.
 */
export async function ensureTables(
  client: DynamoDBClient,
  tables: readonly TableModel[],
  place: string,
): Promise<void> {
  const existing = await Promise.all(tables.map((table) => describe(client, table.name)));
  const stale = tables.flatMap((table, index) => staleness(table, existing[index]));
  if (stale.length > 0) {
    throw new Refusal(
      `The data in ${place} was written for another template: ${stale.join('; ')}. ` +
        'Start with another data folder, or remove this one to begin anew; nothing in it was changed.',
    );
  }
  for (const [index, table] of tables.entries()) {
    if (existing[index] === undefined) await create(client, table);
    await ensureTimeToLive(client, table);
  }
}

/** DynamoDB checks a table's definition better than this could, and names what is wrong with it. */
async function create(client: DynamoDBClient, table: TableModel): Promise<void> {
  try {
    await client.send(new CreateTableCommand(createInput(table)));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Refusal(`Table ${table.logicalId} cannot be created: ${reason}`, { cause });
  }
}

async function describe(client: DynamoDBClient, name: string): Promise<TableDescription | undefined> {
  try {
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: name }));
    return table;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function staleness(wanted: TableModel, existing: TableDescription | undefined): string[] {
  if (existing === undefined) return [];
  return differences(actualLayout(existing), wantedLayout(wanted)).map(
    (part) => `table ${wanted.name} ${part}`,
  );
}

function createInput(table: TableModel): CreateTableCommandInput {
  const global = table.globalSecondaryIndexes.map(indexInput);
  const local = table.localSecondaryIndexes.map(indexInput);
  return {
    TableName: table.name,
    BillingMode: 'PAY_PER_REQUEST',
    KeySchema: table.keySchema.map(keyElement),
    AttributeDefinitions: table.attributeDefinitions.map(({ attributeName, attributeType }) => ({
      AttributeName: attributeName,
      AttributeType: attributeType,
    })),
    ...(global.length > 0 ? { GlobalSecondaryIndexes: global } : {}),
    ...(local.length > 0 ? { LocalSecondaryIndexes: local } : {}),
  };
}

interface IndexInput {
  readonly IndexName: string;
  readonly KeySchema: KeySchemaElement[];
  readonly Projection: Projection;
}

function indexInput({ indexName, keySchema, projection }: IndexModel): IndexInput {
  const { projectionType, nonKeyAttributes } = projection;
  return {
    IndexName: indexName,
    KeySchema: keySchema.map(keyElement),
    Projection: {
      ProjectionType: projectionTypeOf(projectionType),
      ...(nonKeyAttributes === undefined ? {} : { NonKeyAttributes: [...nonKeyAttributes] }),
    },
  };
}

function projectionTypeOf(text: string): 'ALL' | 'INCLUDE' | 'KEYS_ONLY' {
  return text === 'INCLUDE' || text === 'KEYS_ONLY' ? text : 'ALL';
}

function keyElement({ attributeName, keyType }: KeyElement): KeySchemaElement {
  return { AttributeName: attributeName, KeyType: keyType };
}

/** A change of the attribute touches no data, so that it is made and not refused. */
async function ensureTimeToLive(
  client: DynamoDBClient,
  { name, timeToLiveAttribute }: TableModel,
): Promise<void> {
  const { TimeToLiveDescription: current } = await client.send(
    new DescribeTimeToLiveCommand({ TableName: name }),
  );
  const active = current?.TimeToLiveStatus === 'ENABLED' ? current.AttributeName : undefined;
  if (active === timeToLiveAttribute) return;
  if (active !== undefined) await switchTimeToLive(client, name, active, false);
  if (timeToLiveAttribute !== undefined) await switchTimeToLive(client, name, timeToLiveAttribute, true);
}

async function switchTimeToLive(
  client: DynamoDBClient,
  name: string,
  attribute: string,
  on: boolean,
): Promise<void> {
  const specification = { AttributeName: attribute, Enabled: on };
  await client.send(new UpdateTimeToLiveCommand({ TableName: name, TimeToLiveSpecification: specification }));
}
