import { expect, it, vi } from 'vitest';
import { createTableClient } from '../../../../lambdas/adapters/dynamodb/client.ts';
import { DynamoConversationStore } from '../../../../lambdas/adapters/dynamodb/conversation-store.ts';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import { newConversation } from '../../../stores/conformance/parts.ts';
import { scriptedServer } from '../../../support/scripted-server.ts';
import { testWorld } from '../../../support/world.ts';

it('gives a function its answer within ten seconds, however DynamoDB hangs', async () => {
  const server = await scriptedServer();
  server.script('hang');
  vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', server.url);
  vi.stubEnv('AWS_REGION', 'us-east-1');
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'local');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'local');
  const client = createTableClient();
  const store = new DynamoConversationStore({ client, name: 'table' }, testWorld());
  await expect(store.read(newConversation())).rejects.toBeInstanceOf(Unavailable);
  expect(server.requests).toHaveLength(3);
  client.destroy();
  await server.stop();
  vi.unstubAllEnvs();
}, 10_000);
