import { describe, expect, it, onTestFinished } from 'vitest';
import { pageReader, type ReadPage } from '../../../../lambdas/adapters/dynamodb/page-reader.ts';
import { Unavailable } from '../../../../lambdas/core/ports.ts';
import { scriptedServer, type Scripted, type ScriptedServer } from '../../../support/scripted-server.ts';
import { testWorld } from '../../../support/world.ts';
import { answer, failure } from './support.ts';

const query = { table: 'table', partition: 'C#grand' };
const row = { sk: { S: 'M#1' }, member: { S: '{}' }, expiresAt: { N: '12' } };
const item = { sk: 'M#1', member: '{}', expiresAt: 12 };
const lastKey = { pk: { S: 'C#grand' }, sk: { S: 'M#1' } };

describe('a page', () => {
  it('has plain values, and says where it ended', async () => {
    const { readPage } = await reader(
      answer({ Items: [row], LastEvaluatedKey: lastKey }),
      answer({ Items: [] }),
    );
    expect(await readPage(query)).toEqual({ items: [item], last: { pk: 'C#grand', sk: 'M#1' } });
    expect(await readPage(query)).toEqual({ items: [] });
  });

  it('is asked for consistently, with the place after which it begins', async () => {
    const { readPage, server } = await reader(answer({ Items: [] }));
    await readPage({ ...query, after: { pk: 'C#grand', sk: 'M#1' } });
    const [request] = server.requests;
    expect(request?.headers['x-amz-target']).toBe('DynamoDB_20120810.Query');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      TableName: 'table',
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: 'C#grand' } },
      ConsistentRead: true,
      ExclusiveStartKey: lastKey,
    });
  });
});

describe('what may pass', () => {
  const passing: [string, Scripted][] = [
    ['a throttle', failure(400, 'ProvisionedThroughputExceededException')],
    ['a failure', failure(500, 'InternalServerError')],
    ['a broken connection', 'reset'],
  ];

  it.each(passing)('%s is asked again', async (_, trouble) => {
    const { readPage, server } = await reader(trouble, answer({ Items: [row] }));
    expect(await readPage(query)).toEqual({ items: [item] });
    expect(server.requests).toHaveLength(2);
  });

  it.each(passing)('%s that stays is Unavailable after three attempts', async (_, trouble) => {
    const { readPage, server } = await reader(trouble, trouble, trouble, answer({ Items: [] }));
    await expect(readPage(query)).rejects.toBeInstanceOf(Unavailable);
    expect(server.requests).toHaveLength(3);
  });
});

describe('what does not pass', () => {
  const faults: [string, Scripted, string][] = [
    ['a refusal', failure(400, 'AccessDeniedException'), 'AccessDeniedException'],
    ['an answer without items', answer({}), 'without items'],
    ['an item that is none', answer({ Items: ['text'] }), 'something else than an item'],
    ['a value of another type', answer({ Items: [{ sk: { B: 'AA==' } }] }), 'a type that is not read here'],
  ];

  it.each(faults)('%s is a fault and is not asked again', async (_, trouble, message) => {
    const { readPage, server } = await reader(trouble, answer({ Items: [] }));
    const error: unknown = await readPage(query).catch((reason: unknown) => reason);
    expect(error).not.toBeInstanceOf(Unavailable);
    expect(String(error)).toContain(message);
    expect(server.requests).toHaveLength(1);
  });
});

async function reader(
  ...answers: readonly Scripted[]
): Promise<{ readPage: ReadPage; server: ScriptedServer }> {
  const server = await scriptedServer();
  server.script(...answers);
  onTestFinished(() => server.stop());
  const credentials = { accessKeyId: 'local', secretAccessKey: 'local' };
  return {
    server,
    readPage: pageReader({ endpoint: server.url, region: 'us-east-1', credentials, world: testWorld() }),
  };
}
