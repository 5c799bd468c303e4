import {
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  paginateQuery,
  type DynamoDBClient,
} from '@aws-sdk/client-dynamodb';

export interface StoredItem {
  /** Such as `call#$connect#1700000000000#6bc28136-…`. */
  readonly item: string;
  readonly value: string;
}

/** The table through which the suite and the functions of the conformance application talk. */
export class ScriptTable {
  readonly #client: DynamoDBClient;
  readonly #name: string;

  constructor(client: DynamoDBClient, name: string) {
    this.#client = client;
    this.#name = name;
  }

  async read(api: string, item: string): Promise<string | undefined> {
    const Key = { api: { S: api }, item: { S: item } };
    const { Item: found } = await this.#client.send(
      new GetItemCommand({ TableName: this.#name, Key, ConsistentRead: true }),
    );
    return found?.['value']?.S;
  }

  async write(api: string, item: string, value: string): Promise<void> {
    const Item = { api: { S: api }, item: { S: item }, value: { S: value } };
    await this.#client.send(new PutItemCommand({ TableName: this.#name, Item }));
  }

  /** The items of an API whose name begins so, in the order of their names. */
  async list(api: string, prefix: string): Promise<StoredItem[]> {
    const pages = paginateQuery(
      { client: this.#client },
      {
        TableName: this.#name,
        ConsistentRead: true,
        KeyConditionExpression: 'api = :api AND begins_with(#item, :prefix)',
        ExpressionAttributeNames: { '#item': 'item' },
        ExpressionAttributeValues: { ':api': { S: api }, ':prefix': { S: prefix } },
      },
    );
    const found: StoredItem[] = [];
    for await (const { Items: items = [] } of pages) {
      found.push(...items.map((row) => ({ item: row['item']?.S ?? '', value: row['value']?.S ?? '' })));
    }
    return found;
  }

  async remove(api: string, items: readonly string[]): Promise<void> {
    for (let from = 0; from < items.length; from += 25) {
      const requests = items.slice(from, from + 25).map((item) => ({
        DeleteRequest: { Key: { api: { S: api }, item: { S: item } } },
      }));
      await this.#client.send(new BatchWriteItemCommand({ RequestItems: { [this.#name]: requests } }));
    }
  }
}
