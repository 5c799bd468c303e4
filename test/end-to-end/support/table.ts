import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { keys, type Key } from '../../../lambdas/contract/table.ts';
import type { Hotel } from './hotel.ts';

/** Credentials that no function has: an administrator's. */
export const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' };

/** The table behind the service, as an operator sees it. */
export class Table {
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(client: DynamoDBDocumentClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  static async of(hotel: Hotel): Promise<Table> {
    const client = new DynamoDBClient({
      endpoint: hotel.service.dynamodb,
      region: 'us-east-1',
      credentials: operator,
    });
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
