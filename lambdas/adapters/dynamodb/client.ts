import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ReadPage } from './page-reader.ts';

/**
 * The table's client, one for a warm function.
 *
 * Region, credentials and endpoint come from the environment. A call gives up after three attempts of at most two
 * seconds, so that a handler answers before its own time is up.
 */
export function createTableClient(): DynamoDBDocumentClient {
  const client = new DynamoDBClient({
    maxAttempts: 3,
    requestHandler: { connectionTimeout: 1000, requestTimeout: 2000, throwOnRequestTimeout: true },
  });
  return DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
}

/** The table, and the ways to it. */
export interface Table {
  readonly name: string;
  readonly client: DynamoDBDocumentClient;
  /** The lean way, for what a fan-out reads. */
  readonly readPage: ReadPage;
}
