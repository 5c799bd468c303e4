import { expect, it } from 'vitest';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import {
  fresh,
  membersOf,
  newConnection,
  newConversation,
  newEntry,
  roomy,
} from '../../../stores/conformance/parts.ts';
import type { Scripted } from '../../../support/scripted-server.ts';
import {
  answer,
  cancelled,
  dynamoInAttempts,
  failure,
  scriptedDynamo,
  type ScriptedDynamo,
} from './support.ts';

const group = { kind: 'department', department: 'front-desk' } as const;
const conversation = newConversation();
const receipt = { sender: 'guest', key: 'g1' };

/** Every operation of the two stores. */
const operations: [string, (dynamo: ScriptedDynamo) => Promise<unknown>][] = [
  ['read', ({ conversations }) => conversations.read(conversation)],
  ['readMany', ({ conversations }) => conversations.readMany('h', ['a'])],
  ['commit', ({ conversations }) => conversations.commit({ next: conversation })],
  ['entry', ({ conversations }) => conversations.entry(conversation, 1)],
  ['receipt', ({ conversations }) => conversations.receipt(conversation, receipt)],
  ['page', ({ conversations }) => conversations.page(conversation, { kind: 'newest', limit: 1 })],
  ['list', ({ conversations }) => conversations.list('h', { department: 'd', status: 'open', limit: 1 })],
  ['open', ({ connections }) => connections.open(newConnection(), [group])],
  ['close', ({ connections }) => connections.close(newConnection())],
  ['join', ({ connections }) => connections.join(newConnection(), group, roomy)],
  ['leave', ({ connections }) => connections.leave(newConnection(), group)],
  ['members', ({ connections }) => membersOf(connections, 'h', group)],
];

it.each(operations)('%s calls a throttle unavailability', async (_, run) => {
  const dynamo = await scriptedDynamo(failure(400, 'ProvisionedThroughputExceededException'));
  await expect(run(dynamo)).rejects.toBeInstanceOf(Unavailable);
});

it.each(operations)('%s calls a request that DynamoDB rejects a fault', async (_, run) => {
  const dynamo = await scriptedDynamo(failure(400, 'ValidationException'));
  await expect(run(dynamo)).rejects.toMatchObject({ name: 'ValidationException' });
});

it.each<[string, Scripted]>([
  ['ThrottlingException', failure(400, 'ThrottlingException')],
  ['RequestLimitExceeded', failure(400, 'RequestLimitExceeded')],
  ['TransactionInProgressException', failure(400, 'TransactionInProgressException')],
  ['TransactionConflictException', failure(400, 'TransactionConflictException')],
  ['InternalServerError', failure(500, 'InternalServerError')],
  [
    '503 with a page of HTML',
    { status: 503, headers: { 'content-type': 'text/html' }, body: '<html>busy</html>' },
  ],
  ['502 with nothing', { status: 502 }],
  ['a broken connection', 'reset'],
  ['an answer that is cut off', 'cut'],
])('%s is unavailability', async (_, scripted) => {
  const { conversations } = await scriptedDynamo(scripted);
  await expect(conversations.read(conversation)).rejects.toBeInstanceOf(Unavailable);
});

it.each(['ResourceNotFoundException', 'AccessDeniedException', 'ItemCollectionSizeLimitExceededException'])(
  '%s is a fault',
  async (name) => {
    const { conversations } = await scriptedDynamo(failure(400, name));
    await expect(conversations.read(conversation)).rejects.toMatchObject({ name });
  },
);

it('is unavailable when nobody listens, and keeps the cause', async () => {
  const dynamo = await scriptedDynamo(answer());
  await dynamo.server.stop();
  const error = await dynamo.conversations.read(conversation).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Unavailable);
  expect(error).toMatchObject({ cause: { code: 'ECONNREFUSED' } });
});

it("succeeds when the SDK's second attempt does", async () => {
  const { conversations } = await dynamoInAttempts(2, failure(500, 'InternalServerError'), answer());
  expect(await conversations.read(conversation)).toBeUndefined();
});

const step = { expected: conversation, next: { ...conversation, head: 1 }, entry: newEntry(1), receipt };
const stored = { hotelId: conversation.hotelId, conversationId: conversation.conversationId };
const item = {
  ...stored,
  status: 'open',
  guest: { id: 'g' },
  head: 4,
  updatedAt: '2026-11-23T09:30:00.000Z',
};

it('calls a conflict contention, at once: the SDK does not try a cancelled transaction again', async () => {
  const dynamo = await dynamoInAttempts(3, cancelled('None', 'TransactionConflict', 'None'));
  expect(await dynamo.conversations.commit(step)).toEqual({ kind: 'contended' });
  expect(dynamo.requests()).toHaveLength(1);
});

it.each([
  ['throttling', ['None', 'ThrottlingError', 'None']],
  ['a hot partition', ['ProvisionedThroughputExceeded', 'None', 'None']],
  ['several of them', ['TransactionConflict', 'TransactionConflict', 'ThrottlingError']],
])('calls a cancellation by %s contention', async (_, reasons) => {
  const { conversations, connections } = await scriptedDynamo(cancelled(...reasons));
  expect(await conversations.commit(step)).toEqual({ kind: 'contended' });
  expect(await connections.join(newConnection(), group, roomy)).toBe('contended');
  expect(await connections.leave(newConnection(), group)).toBe('contended');
  await expect(connections.open(newConnection(), [group])).rejects.toBeInstanceOf(Unavailable);
});

it('lets the receipt win over a head that moved, an entry that is there and a conflict', async () => {
  const failed = 'ConditionalCheckFailed';
  for (const others of [
    [[failed, item], failed],
    ['TransactionConflict', 'None'],
    ['None', 'None'],
  ] as const) {
    const { conversations } = await scriptedDynamo(cancelled([failed, { seq: 3 }], ...others));
    expect(await conversations.commit(step)).toEqual({ kind: 'duplicate', seq: 3 });
  }
});

it('hands on what the head has become', async () => {
  const { conversations } = await scriptedDynamo(
    cancelled('None', ['ConditionalCheckFailed', item], 'ConditionalCheckFailed'),
  );
  expect(await conversations.commit(step)).toEqual({
    kind: 'moved',
    conversation: { ...item, department: null },
  });
});

it('calls an entry in the way contention while the head is being written: it was decided on an old one', async () => {
  const { conversations } = await scriptedDynamo(
    cancelled('None', 'TransactionConflict', 'ConditionalCheckFailed'),
  );
  expect(await conversations.commit(step)).toEqual({ kind: 'contended' });
});

it('says that the head is gone when the failed condition shows nothing', async () => {
  const { conversations } = await scriptedDynamo(cancelled('None', 'ConditionalCheckFailed', 'None'));
  expect(await conversations.commit(step)).toEqual({ kind: 'moved', conversation: undefined });
});

it.each([
  ['an entry in the way', ['None', 'None', 'ConditionalCheckFailed']],
  ['a value that is not valid', ['None', 'ValidationError', 'None']],
  ['a conflict and something worse', ['TransactionConflict', 'ItemCollectionSizeLimitExceeded', 'None']],
])('calls %s a fault', async (_, reasons) => {
  const { conversations } = await scriptedDynamo(cancelled(...reasons));
  const error = await conversations.commit(step).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Error);
  expect(error).not.toBeInstanceOf(Unavailable);
});

it('lets the SDK repeat a transaction under one token, and uses another for the next', async () => {
  const dynamo = await dynamoInAttempts(2, 'reset', answer(), answer());
  expect(await dynamo.conversations.commit(step)).toEqual({ kind: 'committed' });
  expect(await dynamo.conversations.commit(step)).toEqual({ kind: 'committed' });
  const [first, second, third] = dynamo.requests().map(({ body }) => body['ClientRequestToken']);
  expect(first).toMatch(/\S{8,36}/);
  expect(second).toBe(first);
  expect(third).not.toBe(first);
});

it('says that a connection is gone only for its own row', async () => {
  const gone = await scriptedDynamo(cancelled('ConditionalCheckFailed', 'TransactionConflict'));
  expect(await gone.connections.join(newConnection({}, fresh('c')), group, roomy)).toBe('gone');
});

it('takes a membership away even where the connection has gone and left it', async () => {
  const dynamo = await scriptedDynamo(cancelled('ConditionalCheckFailed', 'None'), answer());
  expect(await dynamo.connections.leave(newConnection(), group)).toBe('left');
  expect(dynamo.requests().map(({ operation }) => operation)).toEqual(['TransactWriteItems', 'DeleteItem']);
});
