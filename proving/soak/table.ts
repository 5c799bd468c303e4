import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  paginateQuery,
  paginateScan,
} from '@aws-sdk/lib-dynamodb';
import { ApiGatewayManagementApiClient, GetConnectionCommand } from '@aws-sdk/client-apigatewaymanagementapi';
import * as v from 'valibot';
import { itemFamilies } from '../../lambdas/contract/table.ts';
import { keys, type Key } from '../../lambdas/adapters/dynamodb/keys.ts';
import type { Standing } from '../simulation/checker/lists.ts';
import type { Item } from '../simulation/table/items.ts';
import type { Addresses } from './service.ts';

/** Of an administrator: no function has them. */
const credentials = { accessKeyId: 'operator', secretAccessKey: 'operator' };
const region = 'us-east-1';

const entrySchema = v.object({ seq: v.number(), id: v.string(), text: v.string() });
const itemSchema = v.looseObject({ pk: v.string(), sk: v.string() });

/** An entry of a log, as far as a screen shows it. */
export interface StoredMessage {
  readonly seq: number;
  readonly id: string;
  readonly text: string;
}

/** What is really stored, as an administrator of the running service sees it. */
export class Table {
  readonly #base: DynamoDBClient;
  readonly #client: DynamoDBDocumentClient;
  readonly #management: ApiGatewayManagementApiClient;
  readonly #name: string;

  private constructor(client: DynamoDBClient, management: ApiGatewayManagementApiClient, name: string) {
    this.#base = client;
    this.#client = DynamoDBDocumentClient.from(client);
    this.#management = management;
    this.#name = name;
  }

  static async open({ dynamodb, management }: Addresses): Promise<Table> {
    const client = new DynamoDBClient({ endpoint: dynamodb, region, credentials });
    const { TableNames = [] } = await client.send(new ListTablesCommand({}));
    const api = new ApiGatewayManagementApiClient({ endpoint: management, region, credentials });
    return new Table(client, api, TableNames[0] ?? '');
  }

  /** Everything of the hotels. */
  async itemsOf(hotels: readonly string[]): Promise<Item[]> {
    const wanted = Object.values(itemFamilies).flatMap((family) =>
      hotels.map((hotel) => `${family}${hotel}#`),
    );
    const items: Item[] = [];
    const pages = paginateScan({ client: this.#client }, { TableName: this.#name, ConsistentRead: true });
    for await (const { Items = [] } of pages) {
      for (const item of v.parse(v.array(itemSchema), Items)) {
        if (wanted.some((start) => item.pk.startsWith(start))) items.push(item);
      }
    }
    return items;
  }

  /** Of a conversation; undefined when it is not stored. */
  async headOf(hotel: string, conversation: string): Promise<Standing | undefined> {
    const { Item: found } = await this.#client.send(
      new GetCommand({ TableName: this.#name, Key: keys.head(hotel, conversation), ConsistentRead: true }),
    );
    if (found === undefined) return undefined;
    const { head, department, status, updatedAt } = found;
    return {
      hotel,
      conv: conversation,
      head: Number(head),
      department: typeof department === 'string' ? department : null,
      status: String(status),
      updatedAt: String(updatedAt),
    };
  }

  /** A conversation's whole log, page by page. */
  async logOf(hotel: string, conversation: string): Promise<StoredMessage[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: 'pk = :pk AND begins_with(sk, :entry)',
        ExpressionAttributeValues: { ':pk': keys.log(hotel, conversation), ':entry': 'E#' },
      },
    );
    const log: StoredMessage[] = [];
    for await (const { Items = [] } of pages) log.push(...v.parse(v.array(entrySchema), Items));
    return log;
  }

  /** Whether the gateway has a connection. */
  async isConnected(connectionId: string): Promise<boolean> {
    try {
      await this.#management.send(new GetConnectionCommand({ ConnectionId: connectionId }));
      return true;
    } catch (error) {
      if (error instanceof Error && error.name === 'GoneException') return false;
      throw error;
    }
  }

  async remove({ pk, sk }: Key): Promise<void> {
    await this.#client.send(new DeleteCommand({ TableName: this.#name, Key: { pk, sk } }));
  }

  close(): void {
    this.#base.destroy();
    this.#management.destroy();
  }
}
