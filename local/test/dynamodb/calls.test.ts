import { describe, expect, it } from 'vitest';
import type { ConditionValue } from '../../src/authorization.ts';
import { callReader } from '../../src/dynamodb/calls.ts';
import { UnreadableRequest } from '../../src/dynamodb/request-part.ts';
import type { TableModel } from '../../src/model.ts';

const rooms: TableModel = {
  logicalId: 'Rooms',
  name: 'rooms',
  arn: 'arn:aws:dynamodb:eu-west-1:111122223333:table/rooms',
  keySchema: [
    { attributeName: 'pk', keyType: 'HASH' },
    { attributeName: 'sk', keyType: 'RANGE' },
  ],
  attributeDefinitions: [],
  globalSecondaryIndexes: [
    {
      indexName: 'byFloor',
      keySchema: [{ attributeName: 'floor', keyType: 'HASH' }],
      projection: { projectionType: 'ALL' },
    },
  ],
  localSecondaryIndexes: [],
};

const read = callReader({
  partition: 'aws',
  account: '111122223333',
  region: 'eu-west-1',
  tables: [rooms, { ...rooms, name: 'guests', arn: rooms.arn.replace('rooms', 'guests') }],
});

type Request = Readonly<Record<string, unknown>>;

/** Actions with their resources, without what all resources begin with. */
function asked(operation: string, request: Request): string[] {
  return read(operation, request).map(
    ({ action, resource }) => `${action} ${resource.replace('arn:aws:dynamodb:eu-west-1:111122223333:', '')}`,
  );
}

/** A condition key of each call. */
function values(key: string, operation: string, request: Request): (ConditionValue | undefined)[] {
  return read(operation, request).map(({ context = {} }) => context[`dynamodb:${key}`]?.());
}

const key = (pk: string): Request => ({ pk: { S: pk }, sk: { S: 'HEAD' } });
const item = (pk: string): Request => ({ TableName: 'rooms', Item: { ...key(pk), beds: { N: '2' } } });
const at = (pk: string): Request => ({ TableName: 'rooms', Key: key(pk) });

describe('a request is one action on its table', () => {
  it.each(['GetItem', 'PutItem', 'UpdateItem', 'DeleteItem', 'Query', 'Scan', 'DescribeTable'])(
    'for %s',
    (operation) => {
      expect(asked(operation, { TableName: 'rooms' })).toEqual([`dynamodb:${operation} table/rooms`]);
    },
  );

  it.each(['Query', 'Scan'])('or on its index, for %s', (operation) => {
    expect(asked(operation, { TableName: 'rooms', IndexName: 'byFloor' })).toEqual([
      `dynamodb:${operation} table/rooms/index/byFloor`,
    ]);
  });

  it('also when the table is named by its ARN', () => {
    expect(asked('GetItem', { TableName: rooms.arn })).toEqual(['dynamodb:GetItem table/rooms']);
    expect(values('LeadingKeys', 'GetItem', { ...at('V#1'), TableName: rooms.arn })).toEqual([['V#1']]);
  });

  it('or on all tables, when it concerns none', () => {
    expect(asked('ListTables', {})).toEqual(['dynamodb:ListTables table/*']);
  });

  it('or on what it names by ARN', () => {
    expect(asked('TagResource', { ResourceArn: rooms.arn })).toEqual(['dynamodb:TagResource table/rooms']);
    expect(asked('DescribeStream', { StreamArn: `${rooms.arn}/stream/1` })).toEqual([
      'dynamodb:DescribeStream table/rooms/stream/1',
    ]);
  });
});

describe('a batch is one action on each of its tables, with all keys', () => {
  it('when it reads', () => {
    const request = {
      RequestItems: { rooms: { Keys: [key('V#1'), key('G#1')] }, guests: { Keys: [key('U#1')] } },
    };
    expect(asked('BatchGetItem', request)).toEqual([
      'dynamodb:BatchGetItem table/rooms',
      'dynamodb:BatchGetItem table/guests',
    ]);
    expect(values('LeadingKeys', 'BatchGetItem', request)).toEqual([['V#1', 'G#1'], ['U#1']]);
  });

  it('when it writes, puts and deletes alike', () => {
    const request = {
      RequestItems: {
        rooms: [{ PutRequest: { Item: item('V#1')['Item'] } }, { DeleteRequest: { Key: key('G#1') } }],
      },
    };
    expect(asked('BatchWriteItem', request)).toEqual(['dynamodb:BatchWriteItem table/rooms']);
    expect(values('LeadingKeys', 'BatchWriteItem', request)).toEqual([['V#1', 'G#1']]);
    expect(values('Attributes', 'BatchWriteItem', request)).toEqual([['pk', 'sk', 'beds']]);
  });

  it.each([
    ['two', { DeleteRequest: { Key: key('V#1') }, PutRequest: { Item: item('G#1')['Item'] } }],
    ['none', {}],
  ])('and refused when one of its writes is %s', (_count, write) => {
    expect(() => read('BatchWriteItem', { RequestItems: { rooms: [write] } })).toThrow(
      new UnreadableRequest('Each item of BatchWriteItem holds one request, and not several or none.'),
    );
  });
});

describe('a transaction is the actions of its parts', () => {
  const request = {
    TransactItems: [
      { Put: item('V#1') },
      { Update: at('U#1') },
      { Put: item('V#2') },
      { Delete: at('G#1') },
      { ConditionCheck: at('V#3') },
      { Put: { ...item('V#4'), TableName: 'guests' } },
    ],
  };

  it('those of one action on one table together', () => {
    expect(asked('TransactWriteItems', request)).toEqual([
      'dynamodb:PutItem table/rooms',
      'dynamodb:UpdateItem table/rooms',
      'dynamodb:DeleteItem table/rooms',
      'dynamodb:ConditionCheckItem table/rooms',
      'dynamodb:PutItem table/guests',
    ]);
    expect(values('LeadingKeys', 'TransactWriteItems', request)).toEqual([
      ['V#1', 'V#2'],
      ['U#1'],
      ['G#1'],
      ['V#3'],
      ['V#4'],
    ]);
  });

  it.each(['TransactWriteItems', 'TransactGetItems'])('of one kind each, in %s', (operation) => {
    const two = { TransactItems: [{ Get: at('V#1'), Put: item('G#1') }] };
    expect(() => read(operation, two)).toThrow(UnreadableRequest);
  });

  it('which know what encloses them', () => {
    const reading = { TransactItems: [{ Get: at('V#1') }] };
    expect(asked('TransactGetItems', reading)).toEqual(['dynamodb:GetItem table/rooms']);
    expect(values('EnclosingOperation', 'TransactGetItems', reading)).toEqual(['TransactGetItems']);
    expect(values('EnclosingOperation', 'GetItem', at('V#1'))).toEqual([undefined]);
  });
});

describe('the leading key of a query', () => {
  const query = (more: Request): unknown =>
    values('LeadingKeys', 'Query', { TableName: 'rooms', ...more })[0];
  const given = { ExpressionAttributeValues: { ':pk': { S: 'V#1' }, ':sk': { S: 'E#' } } };

  it.each([
    'pk = :pk',
    'pk=:pk',
    'pk = :pk AND begins_with(sk, :sk)',
    '(pk = :pk) AND (sk >= :sk)',
    'sk = :sk AND pk = :pk',
    ':pk = pk',
    '(:pk) = (pk)',
    '((:pk)=pk) AND sk>=:sk',
    'sk <= :sk AND :pk = pk',
  ])('is found in %s', (expression) => {
    expect(query({ KeyConditionExpression: expression, ...given })).toEqual(['V#1']);
  });

  it('is found behind a name', () => {
    const names = { ExpressionAttributeNames: { '#p': 'pk' } };
    for (const expression of ['#p = :pk', ':pk = #p', '(:pk = (#p))'])
      expect(query({ KeyConditionExpression: expression, ...names, ...given })).toEqual(['V#1']);
  });

  it('is found in the conditions of before there were expressions', () => {
    const conditions = { pk: { ComparisonOperator: 'EQ', AttributeValueList: [{ N: '7' }] } };
    expect(query({ KeyConditions: conditions })).toEqual(['7']);
  });

  it('of an index is the index’s', () => {
    const expression = { KeyConditionExpression: 'floor = :pk', ...given };
    expect(query({ IndexName: 'byFloor', ...expression })).toEqual(['V#1']);
    expect(() => query(expression)).toThrow(UnreadableRequest);
  });
});

describe('a leading key that is not read is not passed over', () => {
  const query = { TableName: 'rooms', ExpressionAttributeValues: { ':a': { S: 'V#1' }, ':b': { S: 'G#1' } } };

  it.each<[string, string, Request]>([
    ['a query with two', 'Query', { ...query, KeyConditionExpression: 'pk = :a AND pk = :b' }],
    ['a query by another comparison', 'Query', { ...query, KeyConditionExpression: 'pk BETWEEN :a AND :b' }],
    ['a query of what is no name', 'Query', { ...query, KeyConditionExpression: ':a = :b' }],
    ['a query whose value is not given', 'Query', { ...query, KeyConditionExpression: 'pk = :c' }],
    ['a query of an unknown index', 'Query', { ...query, IndexName: 'x', KeyConditionExpression: 'pk = :a' }],
    [
      'an old query by another comparison',
      'Query',
      { ...query, KeyConditions: { pk: { ComparisonOperator: 'GE', AttributeValueList: [{ S: 'V#1' }] } } },
    ],
    ['a request without a key', 'GetItem', { TableName: 'rooms' }],
    ['a request with keys in two places', 'GetItem', { ...at('G#1'), Item: key('V#1') }],
    ['a key of two types', 'GetItem', { TableName: 'rooms', Key: { pk: { S: 'V#1', B: 'G#1' } } }],
    ['a key beside others', 'BatchGetItem', { RequestItems: { rooms: { Keys: [key('V#1'), { sk: {} }] } } }],
    ['a table that is not known', 'GetItem', { ...at('V#1'), TableName: 'others' }],
    ['an item that is none', 'PutItem', { TableName: 'rooms', Item: [1] }],
  ])('in %s', (_what, operation, request) => {
    expect(() => values('LeadingKeys', operation, request)).toThrow(UnreadableRequest);
    expect(asked(operation, request)).toHaveLength(1);
  });
});

describe('other condition keys', () => {
  it('name every attribute that a request speaks of, of nested ones the outermost', () => {
    const request = {
      ...at('V#1'),
      UpdateExpression: 'SET #s = if_not_exists(seen.by[0].at, :now), beds = :beds REMOVE note',
      ConditionExpression: 'attribute_exists(pk) AND size(guests) BETWEEN :low AND :high',
      ExpressionAttributeNames: { '#s': 'status' },
      ExpressionAttributeValues: { ':now': { S: 'beds' } },
    };
    const [found] = values('Attributes', 'UpdateItem', request);
    expect([found ?? []].flat().toSorted()).toEqual(
      ['beds', 'guests', 'note', 'pk', 'seen', 'sk', 'status'].toSorted(),
    );
  });

  it('say what is selected, and by default all', () => {
    const select = (more: Request): unknown => values('Select', 'Query', { TableName: 'rooms', ...more })[0];
    expect(select({})).toBe('ALL_ATTRIBUTES');
    expect(select({ IndexName: 'byFloor' })).toBe('ALL_PROJECTED_ATTRIBUTES');
    expect(select({ ProjectionExpression: 'beds' })).toBe('SPECIFIC_ATTRIBUTES');
    expect(select({ Select: 'COUNT' })).toBe('COUNT');
    expect(values('Select', 'GetItem', at('V#1'))).toEqual([undefined]);
  });

  it('say what is returned, as far as the request does', () => {
    expect(values('ReturnValues', 'DeleteItem', { ...at('V#1'), ReturnValues: 'ALL_OLD' })).toEqual([
      'ALL_OLD',
    ]);
    expect(values('ReturnValues', 'DeleteItem', at('V#1'))).toEqual([undefined]);
  });

  it('say that a scan is one', () => {
    expect(values('FullTableScan', 'Scan', { TableName: 'rooms' })).toEqual(['true']);
    expect(values('FullTableScan', 'Query', { TableName: 'rooms' })).toEqual([undefined]);
    expect(values('LeadingKeys', 'Scan', { TableName: 'rooms' })).toEqual([undefined]);
  });
});

it('reads what is no request without failing', () => {
  expect(asked('TransactWriteItems', { TransactItems: 'all' })).toEqual([]);
  expect(values('Attributes', 'PutItem', { TableName: 'rooms', Item: [1] })).toEqual([undefined]);
});
