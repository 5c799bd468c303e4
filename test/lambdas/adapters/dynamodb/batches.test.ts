import { expect, it } from 'vitest';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import { marshall } from '@aws-sdk/util-dynamodb';
import { keys } from '../../../../lambdas/adapters/dynamodb/keys.ts';
import { membersOf, newConnection } from '../../../stores/conformance/parts.ts';
import { answer, failure, scriptedDynamo } from './support.ts';

function head(conversationId: string) {
  const conversation = { status: 'open', guest: { id: 'g' }, head: 0, updatedAt: '2026-11-23T09:30:00.000Z' };
  return marshall({ ...keys.head('h', conversationId), hotelId: 'h', conversationId, ...conversation });
}

function unread(...ids: string[]) {
  return { UnprocessedKeys: { table: { Keys: ids.map((id) => marshall(keys.head('h', id))) } } };
}

it('reads on until nothing is left unprocessed, only what is left, with waits that grow', async () => {
  const dynamo = await scriptedDynamo(
    answer({ Responses: { table: [head('a')] }, ...unread('b', 'c') }),
    answer({ Responses: { table: [] }, ...unread('b', 'c') }),
    answer({ Responses: { table: [head('c')] }, ...unread('b') }),
    answer({ Responses: { table: [head('b')] } }),
  );
  expect([...(await dynamo.conversations.readMany('h', ['a', 'b', 'c'])).keys()]).toEqual(['a', 'c', 'b']);
  const asked = dynamo.requests().map(({ body }) =>
    JSON.stringify(body)
      .match(/V#h#\w/g)
      ?.map((key) => key.at(-1)),
  );
  expect(asked).toEqual([['a', 'b', 'c'], ['b', 'c'], ['b', 'c'], ['b']]);
  const { sleeps } = dynamo.world;
  expect(sleeps).toHaveLength(3);
  expect(sleeps.toSorted((one, other) => one - other)).toEqual(sleeps);
});

it('gives up as unavailable after six attempts at what is never processed', async () => {
  const dynamo = await scriptedDynamo(answer({ Responses: { table: [] }, ...unread('a') }));
  await expect(dynamo.conversations.readMany('h', ['a'])).rejects.toBeInstanceOf(Unavailable);
  expect(dynamo.requests()).toHaveLength(6);
});

it('deletes the memberships of a connection one by one, and again where a transaction is under way', async () => {
  const places = ['G#h#D#a#0', 'G#h#D#b#0'];
  const dynamo = await scriptedDynamo(
    answer({ Attributes: { memberships: { SS: places } } }),
    failure(400, 'TransactionConflictException'),
    answer(),
    answer(),
  );
  await dynamo.connections.close(newConnection({ hotelId: 'h' }));
  const [, ...deleted] = dynamo.requests();
  expect(deleted.map(({ operation }) => operation)).toEqual(['DeleteItem', 'DeleteItem', 'DeleteItem']);
  for (const place of places) expect(JSON.stringify(deleted)).toContain(place);
  expect(dynamo.world.sleeps).toHaveLength(1);
});

it('is unavailable when a membership cannot be deleted, after the row of the connection has gone', async () => {
  const dynamo = await scriptedDynamo(
    answer({ Attributes: { memberships: { SS: ['G#h#D#a#0'] } } }),
    failure(400, 'ProvisionedThroughputExceededException'),
  );
  await expect(dynamo.connections.close(newConnection())).rejects.toBeInstanceOf(Unavailable);
  expect(dynamo.requests()[0]?.operation).toBe('DeleteItem');
});

it('deletes the row of a connection once the subscription that is under way has ended', async () => {
  const conflict = failure(400, 'TransactionConflictException');
  const row = answer({ Attributes: { memberships: { SS: ['G#h#D#a#0'] } } });
  const dynamo = await scriptedDynamo(conflict, conflict, row, answer());
  await dynamo.connections.close(newConnection());
  expect(dynamo.requests().map(({ operation }) => operation)).toEqual([
    'DeleteItem',
    'DeleteItem',
    'DeleteItem',
    'DeleteItem',
  ]);
  expect(dynamo.world.sleeps).toHaveLength(2);
});

it('is unavailable when subscriptions never let the row of a connection go', async () => {
  const dynamo = await scriptedDynamo(failure(400, 'TransactionConflictException'));
  await expect(dynamo.connections.close(newConnection())).rejects.toBeInstanceOf(Unavailable);
  expect(dynamo.requests()).toHaveLength(20);
});

it('deletes nothing more when there are no memberships', async () => {
  const dynamo = await scriptedDynamo(answer());
  await dynamo.connections.close(newConnection());
  expect(dynamo.requests().map(({ operation }) => operation)).toEqual(['DeleteItem']);
});

it('reads consistently wherever it does not read the index', async () => {
  const dynamo = await scriptedDynamo(answer({ Items: [] }));
  const ref = { hotelId: 'h', conversationId: 'c' };
  await dynamo.conversations.read(ref);
  await dynamo.conversations.entry(ref, 1);
  await dynamo.conversations.receipt(ref, { sender: 'guest', key: 'k' });
  await dynamo.conversations.page(ref, { kind: 'newest', limit: 1 });
  await dynamo.conversations.readMany('h', ['c']);
  await membersOf(dynamo.connections, 'h', { kind: 'unassigned' });
  for (const { body } of dynamo.requests()) expect(JSON.stringify(body)).toContain('"ConsistentRead":true');
});
