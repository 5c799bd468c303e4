import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { keys, type Key } from '../../lambdas/contract/table.ts';
import { Hotel } from './support/hotel.ts';

const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' };

describe('a connection that is gone', () => {
  it('delays nobody, and its rows are deleted by the next fan-out that meets them', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    const table = await Table.of(hotel);
    await hotel.conversation('c1', 'front-desk');
    // What stays when `$disconnect` never came: a well-formed id that no connection has, opened a minute ago.
    const [dead, expired] = ['AAAAAAAAAAAAAAA=', 'BBBBBBBBBBBBBBB='];
    await table.addMember(hotel.id, 'front-desk', dead, { openedSecondsAgo: 60, expiresInSeconds: 3600 });
    await table.addMember(hotel.id, 'front-desk', expired, { openedSecondsAgo: 9000, expiresInSeconds: -1 });

    const answer = await hotel.guestWrites('c1', 'Hello');
    expect(answer).toMatchObject({ audience: 2, delivered: 1, gone: 1, failed: 0 });
    expect(await ana.next('message')).toMatchObject({ message: { text: 'Hello' } });
    expect(await table.members(hotel.id, 'front-desk')).not.toContain(dead);
    expect(await table.members(hotel.id, 'front-desk')).not.toContain(expired);
    expect(await table.connections(hotel.id, 'ghost')).toEqual([]);
    expect(await hotel.guestWrites('c1', 'Hello?')).toMatchObject({ audience: 1, delivered: 1, gone: 0 });
  });

  it('closed by its browser leaves no row behind', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const table = await Table.of(hotel);
    const ana = await hotel.staff('ana', ['front-desk', 'spa']);
    await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    expect(await table.connections(hotel.id, 'ana')).toHaveLength(1);
    await ana.close();
    await expect.poll(() => table.connections(hotel.id, 'ana')).toEqual([]);
    for (const group of [
      { kind: 'department', department: 'spa' },
      { kind: 'conversation', conversationId: 'c1' },
    ]) {
      await expect
        .poll(() => table.query(keys.group(hotel.id, group.kind === 'department' ? 'D#spa' : 'V#c1', 0)))
        .toEqual([]);
    }
  });
});

describe('a connection that was taken for dead and lives', () => {
  it.each([{ action: 'ping' }, { action: 'subscribe', conversationId: 'c1' }] as const)(
    'is closed at its next $action, so that its client connects again',
    async (request) => {
      const hotel = new Hotel();
      await hotel.conversation('c1', 'front-desk');
      const table = await Table.of(hotel);
      const ana = await hotel.staff('ana', ['front-desk']);
      const [connectionId = ''] = await table.connections(hotel.id, 'ana');
      await table.remove(keys.connection(hotel.id, 'ana', connectionId));
      const closed = once(ana.socket, 'close');
      ana.socket.send(JSON.stringify(request));
      expect((await closed)[0]).toBe(1000);
      expect(await table.connections(hotel.id, 'ana')).toEqual([]);
      expect(await table.query(keys.group(hotel.id, 'V#c1', 0))).toEqual([]);
    },
  );
});

describe('the @connections API', () => {
  it('posts to and closes a connection for whoever signs with the SDK', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    const table = await Table.of(hotel);
    const [connectionId = ''] = await table.connections(hotel.id, 'ana');
    const api = new ApiGatewayManagementApiClient({
      endpoint: hotel.service.management,
      region: 'us-east-1',
      credentials,
    });
    const Data = JSON.stringify({ type: 'bye', reason: 'revoked', retry: 'no' });
    await api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data }));
    expect(await ana.take(({ type }) => type === 'bye')).toMatchObject({ reason: 'revoked' });
    const closed = once(ana.socket, 'close');
    await api.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
    expect((await closed)[0]).toBe(1000);
    await expect(
      api.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data })),
    ).rejects.toMatchObject({
      name: 'GoneException',
    });
  });
});

/** The table behind the service, as an operator sees it. */
class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  static async of(hotel: Hotel): Promise<Table> {
    const client = new DynamoDBClient({ endpoint: hotel.service.dynamodb, region: 'us-east-1', credentials });
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    return new Table(DynamoDBDocumentClient.from(client), TableNames[0] ?? '');
  }

  async addMember(
    hotelId: string,
    department: string,
    connectionId: string,
    { openedSecondsAgo, expiresInSeconds }: { openedSecondsAgo: number; expiresInSeconds: number },
  ): Promise<void> {
    const now = Date.now();
    const expiresAt = Math.floor(now / 1000) + expiresInSeconds;
    const identity = {
      role: 'staff',
      departments: [department],
      tokenExpiresAt: Math.floor(now / 1000) + 3600,
    };
    const connectedAt = now - openedSecondsAgo * 1000;
    const place = keys.membership(hotelId, `D#${department}`, connectionId, 1);
    const member = { ...place, connectionId, hotelId, userId: 'ghost', ...identity, connectedAt, expiresAt };
    const row = { ...keys.connection(hotelId, 'ghost', connectionId), ...identity, connectedAt, expiresAt };
    for (const Item of [member, { ...row, memberships: new Set([place.pk]) }]) {
      await this.#client.send(new PutCommand({ TableName: this.#name, Item }));
    }
  }

  async remove(key: Key): Promise<void> {
    await this.#client.send(new DeleteCommand({ TableName: this.#name, Key: key }));
  }

  async members(hotelId: string, department: string): Promise<string[]> {
    return this.query(keys.group(hotelId, `D#${department}`, 0));
  }

  async connections(hotelId: string, userId: string): Promise<string[]> {
    return this.query(keys.connection(hotelId, userId, '').pk);
  }

  /** The connections in the sort keys of a partition. */
  async query(pk: string): Promise<string[]> {
    const { Items = [] }: QueryCommandOutput = await this.#client.send(
      new QueryCommand({
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk',
        ExpressionAttributeValues: { ':pk': pk },
      }),
    );
    return Items.map((item) => String(item['sk']).slice(2));
  }
}
