import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { onTestFinished } from 'vitest';
import { DynamoConnectionStore } from '../../../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from '../../../../lambdas/adapters/dynamodb/conversation-store.ts';
import { pageReader } from '../../../../lambdas/adapters/dynamodb/page-reader.ts';
import { scriptedServer, type Scripted, type ScriptedServer } from '../../../support/scripted-server.ts';
import { testWorld, type TestWorld } from '../../../support/world.ts';

export interface ScriptedDynamo {
  readonly server: ScriptedServer;
  readonly conversations: DynamoConversationStore;
  readonly connections: DynamoConnectionStore;
  readonly world: TestWorld;
  /** Operation and body of each request so far. */
  requests(): { operation: string; body: Record<string, unknown> }[];
}

/** The stores with their real clients, in front of a server that answers as the test says; they try once. */
export function scriptedDynamo(...answers: readonly Scripted[]): Promise<ScriptedDynamo> {
  return dynamoInAttempts(1, ...answers);
}

/** The same with clients that try so often. */
export async function dynamoInAttempts(
  maxAttempts: number,
  ...answers: readonly Scripted[]
): Promise<ScriptedDynamo> {
  const server = await scriptedServer();
  server.script(...answers);
  const options = {
    endpoint: server.url,
    region: 'us-east-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  };
  const client = new DynamoDBClient({
    ...options,
    maxAttempts,
    requestHandler: { connectionTimeout: 5000, requestTimeout: 5000, throwOnRequestTimeout: true },
  });
  onTestFinished(async () => {
    client.destroy();
    await server.stop();
  });
  const world = testWorld();
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const readPage = pageReader({ ...options, world, attempts: maxAttempts });
  const table = { client: documents, name: 'table', readPage };
  return {
    server,
    world,
    conversations: new DynamoConversationStore(table, world),
    connections: new DynamoConnectionStore(table, world, 1),
    requests: () =>
      server.requests.map(({ headers, body }) => ({
        operation: String(headers['x-amz-target']).replace(/^.*\./, ''),
        body: objectOf(body),
      })),
  };
}

export function answer(body: object = {}): Scripted {
  return {
    status: 200,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify(body),
  };
}

export function failure(status: number, name: string, more: object = {}): Scripted {
  const type = `com.amazonaws.dynamodb.v20120810#${name}`;
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.0' },
    body: JSON.stringify({ __type: type, message: name, ...more }),
  };
}

/** A cancelled transaction, with the code of each of its items and what is stored there. */
export function cancelled(
  ...reasons: readonly (string | readonly [code: string, item: Record<string, unknown>])[]
): Scripted {
  return failure(400, 'TransactionCanceledException', {
    CancellationReasons: reasons.map((reason) =>
      typeof reason === 'string' ? { Code: reason } : { Code: reason[0], Item: marshall(reason[1]) },
    ),
  });
}

function objectOf(body: string): Record<string, unknown> {
  const value: unknown = JSON.parse(body);
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
