import { afterEach, expect, it, vi } from 'vitest';
import { createTableClient } from '../../../../lambdas/adapters/dynamodb/client.ts';
import { DynamoConnectionStore } from '../../../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from '../../../../lambdas/adapters/dynamodb/conversation-store.ts';
import { pageReader } from '../../../../lambdas/adapters/dynamodb/page-reader.ts';
import { dynamoDbEndpoint, lambdaSurroundings } from '../../../../lambdas/adapters/environment.ts';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import { newConversation } from '../../../stores/conformance/parts.ts';
import { scriptedServer } from '../../../support/scripted-server.ts';
import { testWorld } from '../../../support/world.ts';

afterEach(() => void vi.unstubAllEnvs());

it('gives a function its answer within ten seconds, however DynamoDB hangs', async () => {
  const server = await scriptedServer();
  server.script('hang');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const client = createTableClient();
  const world = testWorld();
  const readPage = pageReader({ endpoint: dynamoDbEndpoint(), ...lambdaSurroundings(), world });
  const table = { client, name: 'table', readPage };
  const members = new DynamoConnectionStore(table, world, 1).members('grand', { kind: 'unassigned' });
  await Promise.all([
    expect(new DynamoConversationStore(table, world).read(newConversation())).rejects.toBeInstanceOf(
      Unavailable,
    ),
    expect(members[Symbol.asyncIterator]().next()).rejects.toBeInstanceOf(Unavailable),
  ]);
  expect(server.requests).toHaveLength(6);
  client.destroy();
  await server.stop();
}, 10_000);

it('finds DynamoDB where the environment says, and else at the address of its region', () => {
  vi.stubEnv('AWS_REGION', 'cn-north-1');
  expect(dynamoDbEndpoint()).toBe('https://dynamodb.cn-north-1.amazonaws.com.cn');
  vi.stubEnv('AWS_REGION', 'eu-west-1');
  expect(dynamoDbEndpoint()).toBe('https://dynamodb.eu-west-1.amazonaws.com');
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:1');
  expect(dynamoDbEndpoint()).toBe('http://127.0.0.1:1');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', 'http://127.0.0.1:2');
  expect(dynamoDbEndpoint()).toBe('http://127.0.0.1:2');
});
