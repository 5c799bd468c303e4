import {
  DescribeTableCommand,
  DescribeTimeToLiveCommand,
  GetItemCommand,
  ListTablesCommand,
  PutItemCommand,
} from '@aws-sdk/client-dynamodb';
import { describe, expect, it } from 'vitest';
import type { TableModel } from '../../src/model.ts';
import { Refusal } from '../../src/refusal.ts';
import { rooms, testedDynamoDb } from '../support/local-dynamodb.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const item = { pk: { S: 'grand' }, sk: { N: '12' }, floor: { S: '1' } };

describe('a table of the template', () => {
  it('is created with its key, its indexes and its time to live', async () => {
    const { client } = await testedDynamoDb([rooms]);
    const { Table: table } = await client.send(new DescribeTableCommand({ TableName: 'rooms' }));
    expect(table).toMatchObject({
      TableStatus: 'ACTIVE',
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      GlobalSecondaryIndexes: [{ IndexName: 'by-floor', Projection: { ProjectionType: 'INCLUDE' } }],
    });
    const { TimeToLiveDescription: ttl } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: 'rooms' }),
    );
    expect(ttl).toEqual({ AttributeName: 'expiresAt', TimeToLiveStatus: 'ENABLED' });
  });

  it('keeps its rows when it is there already', async () => {
    const dataDirectory = temporaryDirectory();
    const first = await testedDynamoDb([rooms], { dataDirectory });
    await first.client.send(new PutItemCommand({ TableName: 'rooms', Item: item }));
    await first.stop();
    const second = await testedDynamoDb([rooms], { dataDirectory });
    const key = { pk: item.pk, sk: item.sk };
    const { Item: kept } = await second.client.send(new GetItemCommand({ TableName: 'rooms', Key: key }));
    expect(kept).toEqual(item);
  });

  it('that DynamoDB would not take is refused with its reason', async () => {
    const wrong: TableModel = { ...rooms, keySchema: [{ attributeName: 'nowhere', keyType: 'HASH' }] };
    await expect(testedDynamoDb([wrong])).rejects.toThrow(/^Table Rooms cannot be created: /);
  });
});

describe('data that was written for another template', () => {
  const oneIndex = rooms.globalSecondaryIndexes[0];
  it.each<[string, Partial<TableModel>, string]>([
    [
      'with another sort key',
      {
        keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
        attributeDefinitions: rooms.attributeDefinitions.filter(
          ({ attributeName }) => attributeName !== 'sk',
        ),
      },
      'table rooms has the key as pk (S, HASH), sk (N, RANGE) where the template has pk (S, HASH)',
    ],
    [
      'with another type of a key',
      { attributeDefinitions: rooms.attributeDefinitions.map((one) => ({ ...one, attributeType: 'S' })) },
      'table rooms has the key as pk (S, HASH), sk (N, RANGE) where the template has pk (S, HASH), sk (S, RANGE)',
    ],
    [
      'with an index that is not there yet',
      {
        globalSecondaryIndexes: [
          ...rooms.globalSecondaryIndexes,
          ...(oneIndex ? [{ ...oneIndex, indexName: 'by-guest' }] : []),
        ],
      },
      'table rooms has no index by-guest',
    ],
    [
      'with an index that is no longer there',
      { globalSecondaryIndexes: [], attributeDefinitions: rooms.attributeDefinitions.slice(0, 2) },
      'table rooms has the index by-floor that the template does not have',
    ],
  ])('%s is refused, and left as it is', async (_title, changes, difference) => {
    const dataDirectory = temporaryDirectory();
    const first = await testedDynamoDb([rooms], { dataDirectory });
    await first.client.send(new PutItemCommand({ TableName: 'rooms', Item: item }));
    await first.stop();

    const other: TableModel = { ...rooms, logicalId: 'Other', name: 'other' };
    const refused = testedDynamoDb([other, { ...rooms, ...changes }], { dataDirectory });
    await expect(refused).rejects.toThrow(Refusal);
    await expect(refused).rejects.toThrow(
      `The data in ${dataDirectory} was written for another template: ${difference}. Start with another data folder, ` +
        'or remove this one to begin anew; nothing in it was changed.',
    );
    const again = await testedDynamoDb([rooms], { dataDirectory });
    const key = { pk: item.pk, sk: item.sk };
    expect((await again.client.send(new GetItemCommand({ TableName: 'rooms', Key: key }))).Item).toEqual(
      item,
    );
    expect((await again.client.send(new ListTablesCommand({}))).TableNames).toEqual(['rooms']);
  });

  it('is taken when only the order of things differs', async () => {
    const dataDirectory = temporaryDirectory();
    await (await testedDynamoDb([rooms], { dataDirectory })).stop();
    const reordered: TableModel = {
      ...rooms,
      attributeDefinitions: rooms.attributeDefinitions.toReversed(),
      globalSecondaryIndexes: rooms.globalSecondaryIndexes.map((index) => ({
        ...index,
        projection: { projectionType: 'INCLUDE', nonKeyAttributes: ['beds', 'guest'] },
      })),
    };
    await expect(testedDynamoDb([reordered], { dataDirectory })).resolves.toBeDefined();
  });

  it('is taken with another time to live, which is switched over', async () => {
    const dataDirectory = temporaryDirectory();
    await (await testedDynamoDb([rooms], { dataDirectory })).stop();
    const { client } = await testedDynamoDb([{ ...rooms, timeToLiveAttribute: 'until' }], { dataDirectory });
    const { TimeToLiveDescription: ttl } = await client.send(
      new DescribeTimeToLiveCommand({ TableName: 'rooms' }),
    );
    expect(ttl?.AttributeName).toBe('until');
  });
});
