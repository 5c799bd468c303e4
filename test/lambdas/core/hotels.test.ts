import { expect, it } from 'vitest';
import { change } from '../../../lambdas/core/change.ts';
import { conversations } from '../../../lambdas/core/conversations.ts';
import { history } from '../../../lambdas/core/history.ts';
import { ping } from '../../../lambdas/core/ping.ts';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { subscribe } from '../../../lambdas/core/subscribe.ts';
import { connected, conversation, newHouse, no, notify, received, send, yes } from '../../support/house.ts';

/** Two hotels with the same names for everything, served by one warm function. */
async function twoHotels() {
  const house = newHouse();
  for (const hotelId of ['grand', 'plaza']) await conversation(house, { hotelId });
  const grand = await connected(house, { hotelId: 'grand' });
  const plaza = await connected(house, { hotelId: 'plaza' });
  return { house, grand, plaza };
}

it('keeps their logs, receipts and numbers apart', async () => {
  const { house, grand, plaza } = await twoHotels();
  await notify(house, received('g1', 'to grand', 'talk', 'grand'));
  expect(yes(await sendMessage(house, plaza, send('m1', 'in plaza')))).toMatchObject({
    seq: 1,
    duplicate: false,
  });
  expect(yes(await sendMessage(house, grand, send('m1', 'in grand')))).toMatchObject({
    seq: 2,
    duplicate: false,
  });
  const page = { action: 'history', conversationId: 'talk', limit: 50 } as const;
  const texts = async (who: typeof grand) =>
    yes(await history(house, who, page)).messages.map(({ text }) => text);
  expect(await texts(grand)).toEqual(['to grand', 'in grand']);
  expect(await texts(plaza)).toEqual(['in plaza']);
});

it('never lets one hear of the other', async () => {
  const { house, grand, plaza } = await twoHotels();
  for (const who of [grand, plaza]) {
    yes(await subscribe(house, who, { action: 'subscribe', conversationId: 'talk' }));
  }
  await sendMessage(house, grand, send('m1', 'a secret of the grand'));
  await change(house, grand, { action: 'close', conversationId: 'talk' });
  expect(house.gateway.sentTo(plaza)).toEqual([]);
  const answers = [
    await history(house, plaza, { action: 'history', conversationId: 'talk', limit: 50 }),
    await conversations(house, plaza, { action: 'conversations', status: 'open', limit: 50 }),
    await ping(house, plaza, { action: 'ping', heads: new Map([['talk', 9]]) }),
  ];
  expect(JSON.stringify(answers)).not.toContain('secret');
  expect(yes(await sendMessage(house, plaza, send('m2')))).toMatchObject({ seq: 1 });
});

it('does not let a manager into the other hotel', async () => {
  const { house } = await twoHotels();
  await conversation(house, { id: 'only-grand', hotelId: 'grand' });
  const manager = await connected(house, { hotelId: 'plaza', role: 'manager' });
  const ref = { conversationId: 'only-grand' } as const;
  expect(no(await sendMessage(house, manager, send('m1', 'hi', 'only-grand')))).toBe('NOT_FOUND');
  expect(no(await subscribe(house, manager, { action: 'subscribe', ...ref }))).toBe('NOT_FOUND');
  expect(no(await history(house, manager, { action: 'history', limit: 1, ...ref }))).toBe('NOT_FOUND');
  expect(no(await change(house, manager, { action: 'close', ...ref }))).toBe('NOT_FOUND');
});
