import { expect, it } from 'vitest';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import { newConversation } from '../../../stores/conformance/parts.ts';
import { answer, dynamoInAttempts, failure } from './support.ts';

it('gives a function its answer within ten seconds, however DynamoDB hangs', async () => {
  const dynamo = await dynamoInAttempts(3, 'hang');
  await expect(dynamo.conversations.read(newConversation())).rejects.toBeInstanceOf(Unavailable);
  expect(dynamo.requests()).toHaveLength(3);
}, 10_000);

it.each(['ProvisionedThroughputExceededException', 'ThrottlingException', 'RequestLimitExceeded'])(
  'tries again what %s refused, with waits that grow',
  async (name) => {
    const dynamo = await dynamoInAttempts(3, failure(400, name));
    await expect(dynamo.conversations.read(newConversation())).rejects.toBeInstanceOf(Unavailable);
    expect(dynamo.requests()).toHaveLength(3);
    expect(dynamo.world.sleeps).toEqual([50, 100]);
  },
);

it.each(['ValidationException', 'AccessDeniedException', 'TransactionConflictException'])(
  'does not try again what %s refused',
  async (name) => {
    const dynamo = await dynamoInAttempts(3, failure(400, name), answer());
    await expect(dynamo.conversations.read(newConversation())).rejects.toThrow();
    expect(dynamo.requests()).toHaveLength(1);
  },
);

it('says in JSON what it wants of which operation, signed', async () => {
  const { server, conversations } = await dynamoInAttempts(1, answer());
  await conversations.read({ hotelId: 'h', conversationId: 'naïve' });
  const [request] = server.requests;
  expect(request).toMatchObject({ method: 'POST', path: '/' });
  expect(request?.headers).toMatchObject({
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-target': 'DynamoDB_20120810.GetItem',
  });
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 .*\/us-east-1\/dynamodb\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target,/,
  );
  expect(JSON.parse(request?.body ?? '')).toEqual({
    TableName: 'table',
    Key: { pk: { S: 'V#h#naïve' }, sk: { S: 'HEAD' } },
    ConsistentRead: true,
  });
});
