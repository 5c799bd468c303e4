import { expect, it } from 'vitest';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { connected, conversation, hotel, newHouse, notify, received, send } from '../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

function receivedAt(id: string, sentAt: string) {
  return { ...received(id), message: { id, text: `text of ${id}`, sentAt } };
}

it.each([
  ['minutes old', '2026-11-23T09:22:00Z'],
  ['in whole seconds', '2026-11-23T09:30:00Z'],
  ['in the future', '2026-11-23T09:45:00Z'],
])("tells the server's time of a guest's message whose own is %s", async (_, sentAt) => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  house.world.advance(1234);
  await notify(house, receivedAt('g1', sentAt));
  const stored = await house.conversations.read(ref);
  expect(stored?.updatedAt).toBe('2026-11-23T09:30:01.234Z');
  expect(house.gateway.sentTo(ana)).toMatchObject([
    { message: { sentAt: new Date(sentAt).toISOString() }, updatedAt: stored?.updatedAt },
  ]);
});

it('tells times that grow with the numbers, though a clock goes back', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house), await connected(house, { userId: 'ben' })];
  await notify(house, received('g1'));
  house.world.advance(-60_000);
  await notify(house, received('g2'));
  await sendMessage(house, ben, send('m1'));
  expect(house.gateway.sentTo(ana)).toMatchObject([
    { updatedAt: '2026-11-23T09:30:00.001Z' },
    { updatedAt: '2026-11-23T09:30:00.002Z' },
    { updatedAt: '2026-11-23T09:30:00.003Z' },
  ]);
});

it('tells the time again with a message that is delivered again, and none once more has happened', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await notify(house, received('g1'));
  await notify(house, received('g1'));
  const [first, second] = house.gateway.sentTo(ana);
  expect(second).toEqual(first);
  expect(second).toHaveProperty('updatedAt');
  await notify(house, received('g2'));
  house.gateway.clear();
  await notify(house, received('g1'));
  expect(house.gateway.sentTo(ana)).toMatchObject([{ type: 'message', message: { seq: 1 } }]);
  expect(house.gateway.sentTo(ana)[0]).not.toHaveProperty('updatedAt');
});
