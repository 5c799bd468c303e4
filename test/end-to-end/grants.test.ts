import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RequestInput } from '../../protocol/requests.ts';
import { Application } from './support/application.ts';
import { withoutGrant } from './support/grants.ts';
import { Hotel } from './support/hotel.ts';
import { run } from './support/run.ts';
import type { Frame, StaffClient } from './support/staff.ts';

let application: Application;
beforeAll(async () => {
  application = await Application.synthesized();
});
afterAll(() => application.remove());

const conversationId = 'c1';

/** One request of every kind, in an order in which all of them are answered with what they ask for. */
const requests = {
  subscribe: { action: 'subscribe', conversationId },
  sendMessage: { action: 'sendMessage', conversationId, clientMessageId: 'm1', text: 'Hello' },
  history: { action: 'history', conversationId },
  conversations: { action: 'conversations' },
  ping: { action: 'ping', heads: { [conversationId]: 0 } },
  close: { action: 'close', conversationId },
  unsubscribe: { action: 'unsubscribe', conversationId },
} satisfies Record<string, RequestInput>;

/** What each request is answered with, an error by its code. */
async function answers(client: StaffClient): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [action, request] of Object.entries(requests)) {
    const frame: Frame = await client.ask(request);
    found[action] = frame.type === 'error' ? frame.code : frame.type;
  }
  return found;
}

const healthy = {
  subscribe: 'subscribed',
  sendMessage: 'sent',
  history: 'history',
  conversations: 'conversations',
  ping: 'pong',
  close: 'changed',
  unsubscribe: 'unsubscribed',
};

describe('a right that is taken from a function', () => {
  it.each([
    ['Subscribe', 'dynamodb:UpdateItem', 'subscribe'],
    ['SendMessage', 'dynamodb:PutItem', 'sendMessage'],
    ['History', 'dynamodb:Query', 'history'],
    ['Conversations', 'dynamodb:Query', 'conversations'],
    ['Ping', 'dynamodb:BatchGetItem', 'ping'],
    ['Change', 'dynamodb:UpdateItem', 'close'],
    ['Unsubscribe', 'dynamodb:DeleteItem', 'unsubscribe'],
  ] as const)('%s without %s fails %s, and nothing else', async (name, action, failing) => {
    const service = await run(application, {}, withoutGrant(name, action));
    const hotel = new Hotel(service);
    await hotel.conversation(conversationId, 'front-desk', 'Hello');
    const ana = await hotel.staff('ana', ['front-desk']);
    expect(await answers(ana)).toEqual({ ...healthy, [failing]: 'INTERNAL' });
    expect(service.output.filter((line) => line.includes('AccessDenied'))).toEqual([
      expect.stringContaining(`is not authorized to perform: ${action}`),
    ]);
  });

  it('SendMessage without @connections stores and answers, but nobody hears of it', async () => {
    const service = await run(application, {}, withoutGrant('SendMessage', 'execute-api:ManageConnections'));
    const hotel = new Hotel(service);
    await hotel.conversation(conversationId, 'front-desk', 'Hello');
    const ana = await hotel.staff('ana', ['front-desk']);
    const ben = await hotel.staff('ben', ['front-desk']);
    expect(await answers(ana)).toEqual(healthy);
    const heard = (await ben.arrived()).map(({ type }) => type);
    // The change, which another function told.
    expect(heard).toEqual(['conversation']);
    expect(service.output.join('\n')).toContain('post failed');
  });

  it('is not missed when IAM is switched off', async () => {
    const service = await run(application, { iam: false }, withoutGrant('Subscribe', 'dynamodb:UpdateItem'));
    const hotel = new Hotel(service);
    await hotel.conversation(conversationId, 'front-desk', 'Hello');
    const ana = await hotel.staff('ana', ['front-desk']);
    expect(await answers(ana)).toEqual(healthy);
  });
});
