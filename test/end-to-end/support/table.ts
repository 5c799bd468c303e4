import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DynamoDBDocumentClient,
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
} from '@aws-sdk/lib-dynamodb';
import { keys, type Key } from '../../../lambdas/adapters/dynamodb/keys.ts';

/** Credentials that no function has: an administrator's. */
export const operator = { accessKeyId: 'operator', secretAccessKey: 'operator' };

/** The table behind the service, as an operator sees it. */
export class Table {
  readonly #connection: DynamoDBClient;
  readonly #client: DynamoDBDocumentClient;
  readonly #name: string;

  constructor(connection: DynamoDBClient, name: string) {
    this.#connection = connection;
    this.#client = DynamoDBDocumentClient.from(connection);
    this.#name = name;
  }

  static async of({ service }: { readonly service: { readonly dynamodb: string } }): Promise<Table> {
    const client = new DynamoDBClient({
      endpoint: service.dynamodb,
      region: 'us-east-1',
      credentials: operator,
    });
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    return new Table(client, TableNames[0] ?? '');
  }

  /** Ends its connections. */
  close(): void {
    this.#connection.destroy();
  }

  /** The rows of a member that no connection stands behind; resolves to their keys. */
  async addMember(
    hotelId: string,
    department: string,
    connectionId: string,
    { openedSecondsAgo, expiresInSeconds }: { openedSecondsAgo: number; expiresInSeconds: number },
  ): Promise<[member: Key, connection: Key]> {
    const now = Date.now();
    const expiresAt = Math.floor(now / 1000) + expiresInSeconds;
    const identity = {
      role: 'staff',
      departments: [department],
      tokenExpiresAt: Math.floor(now / 1000) + 3600,
    };
    const connectedAt = now - openedSecondsAgo * 1000;
    const place = keys.membership(hotelId, `D#${department}`, connectionId, 1);
    const member = JSON.stringify({ userId: 'ghost', ...identity, connectedAt });
    const row = { ...keys.connection(hotelId, 'ghost', connectionId), ...identity, connectedAt, expiresAt };
    for (const Item of [
      { ...place, member, expiresAt },
      { ...row, memberships: new Set([place.pk]) },
    ]) {
      await this.#client.send(new PutCommand({ TableName: this.#name, Item }));
    }
    return [place, keys.connection(hotelId, 'ghost', connectionId)];
  }

  async remove({ pk, sk }: Key): Promise<void> {
    await this.#client.send(new DeleteCommand({ TableName: this.#name, Key: { pk, sk } }));
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
