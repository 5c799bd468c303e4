import { PutItemCommand, ScanCommand, type DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect, it } from 'vitest';
import { startSweeper, type Sweeper } from '../../src/dynamodb/sweeper.ts';
import { eventually } from '../support/eventually.ts';
import { rooms, testedDynamoDb } from '../support/local-dynamodb.ts';
import { manualClock, type ManualClock } from '../support/manual-clock.ts';

const [minute, year] = [60, 365 * 24 * 60 * 60];

interface Swept {
  readonly client: DynamoDBClient;
  readonly clock: ManualClock;
  readonly sweeper: Sweeper;
  /** Writes a row that expires so many seconds from now. */
  readonly put: (sk: number, expiresIn?: number) => Promise<void>;
  /** The sort keys of what is there. */
  readonly rows: () => Promise<string[]>;
}

async function swept(): Promise<Swept> {
  const { client } = await testedDynamoDb([rooms]);
  const clock = manualClock();
  const sweeper = startSweeper({ client, tables: [rooms], clock, log: () => undefined });
  return {
    client,
    clock,
    sweeper,
    async put(sk, expiresIn) {
      const expiresAt =
        expiresIn === undefined ? {} : { expiresAt: { N: String(clock.now() / 1000 + expiresIn) } };
      const item = { pk: { S: 'grand' }, sk: { N: String(sk) }, ...expiresAt };
      await client.send(new PutItemCommand({ TableName: 'rooms', Item: item }));
    },
    async rows() {
      const { Items: items = [] } = await client.send(new ScanCommand({ TableName: 'rooms' }));
      return items.map(({ sk }) => String(sk?.N)).toSorted();
    },
  };
}

it('removes rows ten minutes after their time, and no others', async () => {
  const { sweeper, put, rows } = await swept();
  await put(1, -11 * minute);
  await put(2, -9 * minute);
  await put(3, minute);
  await put(4);
  expect(await sweeper.sweep()).toBe(1);
  expect(await rows()).toEqual(['2', '3', '4']);
});

it('leaves what expired more than five years ago, as DynamoDB does', async () => {
  const { sweeper, put, rows } = await swept();
  await put(1, -6 * year);
  expect(await sweeper.sweep()).toBe(0);
  expect(await rows()).toEqual(['1']);
});

it('leaves a row whose time is moved after it was found', async () => {
  const { client, sweeper, put, rows } = await swept();
  await put(1, -11 * minute);
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (request) => {
        if (commandName === 'DeleteItemCommand') await put(1, minute);
        return next(request);
      },
    { step: 'initialize' },
  );
  expect(await sweeper.sweep()).toBe(0);
  expect(await rows()).toEqual(['1']);
});

it('comes every minute, until it is stopped', async () => {
  const { clock, sweeper, put, rows } = await swept();
  await put(1, -11 * minute);
  clock.advance(59_999);
  expect(await rows()).toEqual(['1']);
  clock.advance(1);
  await eventually(async () => expect(await rows()).toEqual([]));
  await eventually(() => expect(clock.pending()).toBe(1));
  await sweeper.stop();
  expect(clock.pending()).toBe(0);
});
