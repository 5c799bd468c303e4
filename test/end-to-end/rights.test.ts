import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { keys } from '../../lambdas/contract/table.ts';
import type { ObservedCall } from '../../local/iam/function-caller.ts';
import { eventually } from '../support/eventually.ts';
import { Application, type RunningApplication } from './support/application.ts';
import { Hotel } from './support/hotel.ts';
import { Rights } from './support/rights.ts';
import { operator, Table } from './support/table.ts';

let application: Application;
beforeAll(async () => {
  application = await Application.synthesized();
});
afterAll(() => application.remove());

const conversationId = 'c1';
const longAgo = '2026-01-01T00:00:00.000Z';

it('every right of the template is needed by some call, and every call is allowed by one', async () => {
  const calls = new RecordedCalls();
  const service = await application.run({ observeCalls: (call) => calls.record(call) }, (template) => {
    // An event that fails is to go to its queue at once, and not after two retries in three minutes.
    for (const { Type: type, Properties: properties } of Object.values(template.Resources)) {
      if (type === 'AWS::Lambda::EventInvokeConfig')
        Object.assign(properties ?? {}, { MaximumRetryAttempts: 0 });
    }
  });
  const hotel = new Hotel(service);
  await ordinaryDay(hotel);
  await calls.contain('Disconnect', 'dynamodb:BatchWriteItem');
  await deadMembers(hotel);
  await connectionsThatAreNotKnown(hotel);
  await conversationThatGoesWhileItIsJoined(hotel, service, calls);
  await eventThatFails(service);
  await calls.contain('Notify', 'sqs:SendMessage');

  const rights = new Rights(application);
  const asked = [...calls.all, ...rights.logCalls];
  expect(calls.all.filter(({ allowed }) => !allowed)).toEqual([]);
  expect(rights.refused(asked)).toEqual([]);
  expect(rights.ofNobody).toEqual([]);
  // CDK grants them with the right to send, and Lambda, which sends, does not use them.
  expect(rights.unneeded(asked)).toEqual(['Notify sqs:GetQueueAttributes', 'Notify sqs:GetQueueUrl']);
});

/** What functions asked IAM for. */
class RecordedCalls {
  readonly all: ObservedCall[] = [];
  #before: ((call: ObservedCall) => void) | undefined;

  record(call: ObservedCall): void {
    this.#before?.(call);
    this.all.push(call);
  }

  /** Does something as soon as an action on items with this partition key is asked for, and before it is done. */
  before(action: string, partitionKey: string, act: () => void): void {
    this.#before = (call) => {
      if (call.action === action && call.context['dynamodb:LeadingKeys']?.includes(partitionKey)) act();
    };
  }

  /** Waits until a function has asked for an action. */
  contain(name: string, action: string): Promise<void> {
    const principalArn = expect.stringContaining(`Functions${name}Function`) as unknown;
    return eventually(() =>
      expect(this.all).toContainEqual(expect.objectContaining({ principalArn, action })),
    );
  }
}

async function ordinaryDay(hotel: Hotel): Promise<void> {
  await hotel.conversation(conversationId, 'front-desk', 'Is breakfast included?');
  const ana = await hotel.staff('ana', ['front-desk']);
  const ben = await hotel.staff('ben', ['front-desk']);
  await ana.expect('subscribed', { action: 'subscribe', conversationId });
  const message = { conversationId, clientMessageId: 'm1', text: 'Yes, until ten.' };
  await ana.expect('sent', { action: 'sendMessage', ...message });
  await ana.expect('history', { action: 'history', conversationId });
  await ana.expect('conversations', { action: 'conversations' });
  await ana.expect('changed', { action: 'close', conversationId });
  await ana.expect('changed', { action: 'reopen', conversationId });
  await ana.expect('unsubscribed', { action: 'unsubscribe', conversationId });
  await ben.expect('pong', {
    action: 'ping',
    heads: { [conversationId]: 1 },
    inbox: { 'front-desk': longAgo },
  });
  await Promise.all([ana.close(), ben.close()]);
}

/** Members whose connection is gone: whoever delivers next removes them. */
async function deadMembers(hotel: Hotel): Promise<void> {
  const table = await Table.of(hotel);
  const ana = await hotel.staff('ana', ['front-desk']);
  const deliveries = [
    () => hotel.guestWrites(conversationId, 'Thanks'),
    () => ana.ask({ action: 'sendMessage', conversationId, clientMessageId: 'm2', text: 'Welcome' }),
    () => ana.ask({ action: 'close', conversationId }),
  ];
  for (const deliver of deliveries) {
    await table.addMember(hotel.id, 'front-desk', 'AAAAAAAAAAAAAAA=', {
      openedSecondsAgo: 60,
      expiresInSeconds: 3600,
    });
    await deliver();
    expect(await table.members(hotel.id, 'front-desk')).not.toContain('AAAAAAAAAAAAAAA=');
  }
}

/** They are closed at their next request. */
async function connectionsThatAreNotKnown(hotel: Hotel): Promise<void> {
  const table = await Table.of(hotel);
  for (const request of [{ action: 'ping' }, { action: 'subscribe', conversationId }] as const) {
    const eve = await hotel.staff('eve', ['front-desk']);
    const [connectionId = ''] = await table.connections(hotel.id, 'eve');
    await table.remove(keys.connection(hotel.id, 'eve', connectionId));
    const closed = once(eve.socket, 'close');
    eve.socket.send(JSON.stringify(request));
    await closed;
  }
}

/** It is there before the membership is written and not after it, so that the membership is taken away again. */
async function conversationThatGoesWhileItIsJoined(
  hotel: Hotel,
  service: RunningApplication,
  calls: RecordedCalls,
): Promise<void> {
  await hotel.conversation('c2', 'front-desk');
  const ana = await hotel.staff('ana', ['front-desk']);
  const group = keys.group(hotel.id, 'V#c2', 0);
  calls.before('dynamodb:PutItem', group, () => deleteAtOnce(service, keys.head(hotel.id, 'c2')));
  const refused = await ana.expect('error', { action: 'subscribe', conversationId: 'c2' });
  expect(refused.code).toBe('NOT_FOUND');
}

/** Before this returns: the call that is being observed waits for nothing else. */
function deleteAtOnce(
  { dynamodb, tableName }: RunningApplication,
  { pk, sk }: { pk: string; sk: string },
): void {
  const body = JSON.stringify({ TableName: tableName, Key: { pk: { S: pk }, sk: { S: sk } } });
  const headers = {
    authorization: `AWS4-HMAC-SHA256 Credential=${operator.accessKeyId}/20260101/us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0`,
    'content-type': 'application/x-amz-json-1.0',
    'x-amz-date': '20260101T000000Z',
    'x-amz-target': 'DynamoDB_20120810.DeleteItem',
  };
  const request = JSON.stringify({ method: 'POST', headers, body });
  const { status } = spawnSync(process.execPath, [
    '-e',
    `fetch(${JSON.stringify(dynamodb)}, ${request}).then(({ ok }) => process.exit(ok ? 0 : 1))`,
  ]);
  expect(status).toBe(0);
}

async function eventThatFails({ lambda, notifyFunction }: RunningApplication): Promise<void> {
  const client = new LambdaClient({ endpoint: lambda, region: 'us-east-1', credentials: operator });
  const Payload = JSON.stringify({ type: 'no such event' });
  await client.send(new InvokeCommand({ FunctionName: notifyFunction, InvocationType: 'Event', Payload }));
  client.destroy();
}
