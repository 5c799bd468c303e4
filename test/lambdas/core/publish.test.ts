import { expect, it } from 'vitest';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { subscribe } from '../../../lambdas/core/subscribe.ts';
import {
  connected,
  conversation,
  newHouse,
  notify,
  received,
  send,
  upstream,
  yes,
  type House,
} from '../../support/house.ts';

/** Ana at the front desk, Sue in the spa, a manager, and the manager with a subscription to the conversation. */
async function withStaff(department: string | null = 'front-desk') {
  const house = newHouse();
  await conversation(house, { department });
  const ana = await connected(house);
  const sue = await connected(house, { userId: 'sue', departments: ['spa'] });
  const manager = await connected(house, { userId: 'max', role: 'manager', departments: [] });
  return { house, ana, sue, manager };
}

/** What each was told, in short. */
function told(house: House, who: Record<string, { readonly id: string }>): Record<string, string[]> {
  const short: Record<string, string[]> = {};
  for (const [name, connection] of Object.entries(who)) {
    short[name] = house.gateway
      .sentTo(connection)
      .map((frame) => (frame.type === 'conversation' ? frame.event : frame.type));
  }
  house.gateway.clear();
  return short;
}

it('tells the department, and managers only of what has no department', async () => {
  const { house, ...who } = await withStaff();
  await notify(house, received('g1'));
  expect(told(house, who)).toEqual({ ana: ['message'], sue: [], manager: [] });
});

it('tells the managers of a conversation without a department, and the department once it has one', async () => {
  const { house, ...who } = await withStaff(null);
  await notify(house, received('g1'));
  expect(told(house, who)).toEqual({ ana: [], sue: [], manager: ['message'] });
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  expect(told(house, who)).toEqual({ ana: [], sue: ['routed'], manager: ['routed'] });
  await notify(house, received('g2'));
  expect(told(house, who)).toEqual({ ana: [], sue: ['message'], manager: [] });
});

it('tells a subscriber who may see it, wherever it is routed', async () => {
  const { house, ...who } = await withStaff();
  yes(await subscribe(house, who.manager, { action: 'subscribe', conversationId: 'talk' }));
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  await notify(house, received('g1'));
  expect(told(house, who)).toEqual({
    ana: ['routed'],
    sue: ['routed', 'message'],
    manager: ['routed', 'message'],
  });
});

it('tells a subscriber of the old department of the routing, and then nothing more', async () => {
  const { house, ...who } = await withStaff();
  yes(await subscribe(house, who.ana, { action: 'subscribe', conversationId: 'talk' }));
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  expect(told(house, who)).toMatchObject({ ana: ['routed'] });
  await notify(house, received('g1'));
  await sendMessage(house, who.sue, send('m1'));
  await notify(house, upstream('closed', 'e2'));
  expect(told(house, who)).toMatchObject({ ana: [] });
});

it('repeats a routing to both departments while nothing else has happened', async () => {
  const { house, ...who } = await withStaff();
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  told(house, who);
  const again = await notify(house.elsewhere(), upstream('routed', 'e1', { department: 'spa' }));
  expect(again).toMatchObject({ duplicate: true, seq: 1, audience: 2, delivered: 2 });
  expect(told(house, who)).toEqual({ ana: ['routed'], sue: ['routed'], manager: [] });
});

it('does not show the old department what happened after it left, in a repeated routing', async () => {
  const { house, ...who } = await withStaff();
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  await notify(house, received('g1', 'a secret for the spa'));
  told(house, who);
  await notify(house.elsewhere(), upstream('routed', 'e1', { department: 'spa' }));
  expect(told(house, who)).toEqual({ ana: [], sue: ['routed'], manager: [] });
});

it('repeats an old message only to the department that has the conversation now', async () => {
  const { house, ...who } = await withStaff();
  await notify(house, received('g1'));
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  told(house, who);
  await notify(house.elsewhere(), received('g1'));
  await sendMessage(house, who.sue, send('m1'));
  expect(told(house, who)).toEqual({ ana: [], sue: ['message'], manager: [] });
});

it('shows the department that a conversation comes back to the same entries', async () => {
  const { house, ...who } = await withStaff();
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  await notify(house, upstream('routed', 'e2', { department: 'front-desk' }));
  expect(told(house, who)).toMatchObject({ ana: ['routed', 'routed'], sue: ['routed', 'routed'] });
});
