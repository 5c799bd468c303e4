import { expect, it } from 'vitest';
import { change } from '../../../lambdas/core/change.ts';
import { readReply } from '../../support/frames.ts';
import { connected, conversation, hotel, newHouse, no, notify, received, yes } from '../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };
const route = (department: string) => ({ action: 'route', conversationId: 'talk', department }) as const;
const close = { action: 'close', conversationId: 'talk' } as const;
const reopen = { action: 'reopen', conversationId: 'talk' } as const;

it('closes, tells everyone with the numbered entry, and does nothing the second time', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house, { name: 'Ana' }), await connected(house, { userId: 'ben' })];
  const changed = readReply('changed', yes(await change(house, ana, close)));
  expect(changed.conversation).toMatchObject({ id: 'talk', status: 'closed', head: 1 });
  for (const member of [ana, ben]) {
    expect(house.gateway.sentTo(member)).toMatchObject([
      {
        type: 'conversation',
        event: 'closed',
        conversation: { status: 'closed', head: 1 },
        message: { seq: 1, event: 'closed', text: '', sender: { kind: 'system', id: 'ana', name: 'Ana' } },
      },
    ]);
  }
  house.gateway.clear();
  expect(yes(await change(house, ben, close)).conversation.head).toBe(1);
  expect(house.gateway.posts).toEqual([]);
});

it('reopens a closed conversation once', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await change(house, ana, close);
  expect(yes(await change(house, ana, reopen)).conversation).toMatchObject({ status: 'open', head: 2 });
  expect(yes(await change(house, ana, reopen)).conversation).toMatchObject({ status: 'open', head: 2 });
});

it('routes: the old and the new department hear of it, and then only the new one', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, sue] = [
    await connected(house),
    await connected(house, { userId: 'sue', departments: ['spa'] }),
  ];
  expect(yes(await change(house, ana, route('spa'))).conversation).toMatchObject({
    department: 'spa',
    head: 1,
  });
  for (const member of [ana, sue]) {
    expect(house.gateway.sentTo(member)).toMatchObject([
      {
        event: 'routed',
        conversation: { department: 'spa' },
        message: { event: 'routed', department: 'spa' },
      },
    ]);
  }
  expect(JSON.stringify(house.gateway.posts)).not.toContain('previousDepartment');
  house.gateway.clear();
  await notify(house, received('g1'));
  expect(house.gateway.sentTo(ana)).toEqual([]);
  expect(house.gateway.sentTo(sue)).toHaveLength(1);
  expect(no(await change(house, ana, close))).toBe('NOT_FOUND');
});

it('stores nothing for a routing to where it is', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  expect(yes(await change(house, ana, route('front-desk'))).conversation.head).toBe(0);
  expect(house.gateway.posts).toEqual([]);
});

it('gives the same answer for what is not there and for what is not theirs', async () => {
  const house = newHouse();
  await conversation(house, { department: 'spa' });
  const ana = await connected(house);
  for (const request of [route('front-desk'), close, reopen]) {
    expect(await change(house, ana, request)).toEqual(
      await change(house, ana, { ...request, conversationId: 'none' }),
    );
  }
  expect((await house.conversations.read(ref))?.head).toBe(0);
});

it('stores one entry of ten equal changes at once', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  const replies = await Promise.all(Array.from({ length: 10 }, () => change(house.elsewhere(), ana, close)));
  expect(new Set(replies.map((reply) => yes(reply).conversation.head))).toEqual(new Set([1]));
});

it('answers with the change though nobody could be told', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  house.down.add('members');
  expect(yes(await change(house, ana, close)).conversation.status).toBe('closed');
});

it("never shows the guest's address", async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  const reply = yes(await change(house, ana, close));
  expect(JSON.stringify([reply, house.gateway.posts])).not.toContain('+316');
});
