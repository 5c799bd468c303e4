import {
  BatchWriteItemCommand,
  DynamoDBClient,
  ExecuteStatementCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  TransactWriteItemsCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { callReader } from '../../src/dynamodb/calls.ts';
import { startDynamoDb, type DynamoDb } from '../../src/dynamodb/dynamodb.ts';
import { startDynamoDbProxy } from '../../src/dynamodb/proxy.ts';
import type { TableModel } from '../../src/model.ts';
import { keepProcesses } from '../../src/processes.ts';
import {
  account,
  administrator,
  allow,
  callersWith,
  principal,
  region,
  type SdkCredentials,
  type Statement,
} from '../support/local-callers.ts';

const arn = `arn:aws:dynamodb:${region}:${account}:table/rooms`;
const rooms: TableModel = {
  logicalId: 'Rooms',
  name: 'rooms',
  arn,
  keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
  attributeDefinitions: [{ attributeName: 'pk', attributeType: 'S' }],
  globalSecondaryIndexes: [],
  localSecondaryIndexes: [],
};
const keeper = keepProcesses();
let engine: DynamoDb;

beforeAll(async () => {
  engine = await startDynamoDb({
    tables: [rooms],
    region,
    dataDirectory: '.',
    inMemory: true,
    environment: process.env,
    keeper,
    clock: systemClock,
    log: () => undefined,
    onDeath: () => undefined,
  });
});

afterAll(async () => {
  await engine.stop();
  await keeper.stop();
});

/** Clients of a proxy: of the function whose role has these statements, and of an administrator. */
async function clients(statements: readonly Statement[]) {
  const { callers, credentials } = await callersWith(statements);
  const readCalls = callReader({ partition: 'aws', account, region, tables: [rooms] });
  const proxy = await startDynamoDbProxy({ engineUrl: engine.url, callers, readCalls });
  const clientOf = (given: SdkCredentials): DynamoDBClient =>
    new DynamoDBClient({ endpoint: proxy.url, region, credentials: given, maxAttempts: 1 });
  const made = { limited: clientOf(credentials), administrator: clientOf(administrator), url: proxy.url };
  onTestFinished(async () => {
    made.limited.destroy();
    made.administrator.destroy();
    await proxy.stop();
  });
  return made;
}

const put = (pk: string): PutItemCommand =>
  new PutItemCommand({ TableName: 'rooms', Item: { pk: { S: pk } } });
const get = (pk: string): GetItemCommand =>
  new GetItemCommand({ TableName: 'rooms', Key: { pk: { S: pk } } });
const both = (one: string, other: string): TransactWriteItemsCommand =>
  new TransactWriteItemsCommand({
    TransactItems: [one, other].map((pk) => ({ Put: { TableName: 'rooms', Item: { pk: { S: pk } } } })),
  });

describe('a function', () => {
  it('gets the engine’s answers to what its role allows, its errors too', async () => {
    const { limited } = await clients([allow(['dynamodb:PutItem', 'dynamodb:GetItem'], arn)]);
    await limited.send(put('allowed'));
    expect((await limited.send(get('allowed'))).Item).toEqual({ pk: { S: 'allowed' } });
    const nothing = new GetItemCommand({ TableName: 'rooms', Key: { other: { S: 'a' } } });
    await expect(limited.send(nothing)).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('gets AWS’s own error for what it does not allow, and nothing happens', async () => {
    const { limited, administrator: all } = await clients([allow('dynamodb:GetItem', arn)]);
    await expect(limited.send(put('refused'))).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${principal} is not authorized to perform: dynamodb:PutItem on resource: ${arn} because no identity-based policy allows the dynamodb:PutItem action`,
      $metadata: { httpStatusCode: 400 },
    });
    expect((await all.send(get('refused'))).Item).toBeUndefined();
  });

  it('may write the keys that a condition names, and no transaction with one beyond them', async () => {
    const families = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } };
    const { limited, administrator: all } = await clients([allow('dynamodb:PutItem', arn, families)]);
    await limited.send(both('V#1', 'V#2'));
    await expect(limited.send(both('V#3', 'G#3'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect((await all.send(get('V#2'))).Item).toBeDefined();
    expect((await all.send(get('V#3'))).Item).toBeUndefined();
  });

  it('cannot write a key beyond them beside one that it may delete', async () => {
    const families = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } };
    const { limited, administrator: all } = await clients([allow('dynamodb:*', arn, families)]);
    const write = {
      DeleteRequest: { Key: { pk: { S: 'V#both' } } },
      PutRequest: { Item: { pk: { S: 'G#both' } } },
    };
    await expect(
      limited.send(new BatchWriteItemCommand({ RequestItems: { rooms: [write] } })),
    ).rejects.toMatchObject({ name: 'ValidationException' });
    expect((await all.send(get('G#both'))).Item).toBeUndefined();
  });

  it.each([
    [':pk = pk', 'AccessDeniedException'],
    ['(pk) = (:pk)', 'AccessDeniedException'],
    ['pk = :pk AND pk = :pk', 'ValidationException'],
  ])('cannot query a key beyond them by %s', async (expression, name) => {
    const families = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } };
    const { limited, administrator: all } = await clients([allow('dynamodb:Query', arn, families)]);
    await all.send(put('G#query'));
    const query = new QueryCommand({
      TableName: 'rooms',
      KeyConditionExpression: expression,
      ExpressionAttributeValues: { ':pk': { S: 'G#query' } },
    });
    await expect(limited.send(query)).rejects.toMatchObject({ name });
  });

  it('is held to its role with requests that come in many pieces, too', async () => {
    const families = { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } };
    const { limited, administrator: all } = await clients([allow('dynamodb:PutItem', arn, families)]);
    const large = (pk: string): PutItemCommand =>
      new PutItemCommand({ TableName: 'rooms', Item: { pk: { S: pk }, text: { S: 'x'.repeat(300_000) } } });
    await limited.send(large('V#large'));
    await expect(limited.send(large('G#large'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    await limited.send(put('V#small'));
    expect((await all.send(get('V#large'))).Item?.['text']?.S).toHaveLength(300_000);
    expect((await all.send(get('G#large'))).Item).toBeUndefined();
  });

  it('that may query the indexes may not query the table', async () => {
    const { limited } = await clients([allow('dynamodb:Query', `${arn}/index/*`)]);
    const query = new QueryCommand({
      TableName: 'rooms',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'a' } },
    });
    await expect(limited.send(query)).rejects.toMatchObject({ name: 'AccessDeniedException' });
  });

  it('cannot use statements, which are not read here', async () => {
    const { limited } = await clients([allow('*', '*')]);
    await expect(
      limited.send(new ExecuteStatementCommand({ Statement: 'SELECT * FROM rooms' })),
    ).rejects.toThrow(
      'ExecuteStatement is not checked against policies here, so that functions cannot use it.',
    );
  });

  it('gets each of many answers at once to the call that asked', async () => {
    const { limited } = await clients([allow('dynamodb:*', arn)]);
    const keys = Array.from({ length: 50 }, (_, index) => `many-${index}`);
    await Promise.all(keys.map((pk) => limited.send(put(pk))));
    const read = await Promise.all(keys.map((pk) => limited.send(get(pk))));
    expect(read.map(({ Item: found }) => found?.['pk']?.S)).toEqual(keys);
  });
});

it('an administrator may do everything', async () => {
  const { administrator: all } = await clients([]);
  await all.send(put('admin'));
  expect((await all.send(get('admin'))).Item).toBeDefined();
});

it('a request that is not signed gets the engine’s refusal', async () => {
  const { url } = await clients([allow('*', '*')]);
  const headers = {
    'x-amz-target': 'DynamoDB_20120810.ListTables',
    'content-type': 'application/x-amz-json-1.0',
  };
  const response = await fetch(url, { method: 'POST', headers, body: '{}' });
  expect([response.status, await response.text()]).toEqual([
    400,
    expect.stringContaining('MissingAuthenticationTokenException'),
  ]);
});

it('a body that is no JSON is refused before anything reads it', async () => {
  const { callers, credentials } = await callersWith([allow('*', '*')]);
  const readCalls = callReader({ partition: 'aws', account, region, tables: [rooms] });
  const proxy = await startDynamoDbProxy({ engineUrl: engine.url, callers, readCalls });
  onTestFinished(() => proxy.stop());
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${credentials.accessKeyId}/20260101/a/b/aws4_request`,
    'x-amz-target': 'DynamoDB_20120810.PutItem',
  };
  const response = await fetch(proxy.url, { method: 'POST', headers, body: '{' });
  expect([response.status, await response.json()]).toEqual([
    400,
    { __type: 'com.amazon.coral.service#SerializationException' },
  ]);
});
