import { expect, it } from 'vitest';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { readReply } from '../../support/frames.ts';
import {
  connected,
  conversation,
  hotel,
  newHouse,
  no,
  notify,
  send,
  upstream,
  yes,
} from '../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

it('answers with the number under which the message was stored, and tells the others but not the sender', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house, { name: 'Ana' }), await connected(house, { userId: 'ben' })];
  const sent = readReply('sent', yes(await sendMessage(house, ana, send('m1', 'Good morning'))));
  expect(sent).toEqual({
    type: 'sent',
    conversationId: 'talk',
    clientMessageId: 'm1',
    seq: 1,
    sentAt: sent.sentAt,
    duplicate: false,
  });
  expect(house.gateway.sentTo(ana)).toEqual([]);
  expect(house.gateway.sentTo(ben)).toEqual([
    {
      type: 'message',
      message: {
        conversationId: 'talk',
        seq: 1,
        id: 'm1',
        sender: { kind: 'staff', id: 'ana', name: 'Ana' },
        text: 'Good morning',
        sentAt: sent.sentAt,
      },
      // The conversation's, as below: one clock for what the sender is told and for what the others are.
      updatedAt: sent.sentAt,
    },
  ]);
  expect(await house.conversations.read(ref)).toMatchObject({
    head: 1,
    preview: 'Good morning',
    updatedAt: sent.sentAt,
  });
});

it('tells the other connection of the same user', async () => {
  const house = newHouse();
  await conversation(house);
  const [phone, desk] = [await connected(house), await connected(house)];
  await sendMessage(house, phone, send('m1'));
  expect(house.gateway.sentTo(desk)).toHaveLength(1);
});

it('answers only after the message is stored, and does not answer when it is not', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  house.down.add('commit');
  await expect(sendMessage(house, ana, send('m1'))).rejects.toThrow('commit is down');
  expect((await house.conversations.read(ref))?.head).toBe(0);
});

it('answers "sent" though nobody could be told, and logs that', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  house.down.add('members');
  expect(yes(await sendMessage(house, ana, send('m1'))).seq).toBe(1);
  expect(house.log.events('error')).toEqual(['stored but not published']);
});

it('stores a repeat once, answers it with the first number, and delivers it again', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house), await connected(house, { userId: 'ben' })];
  const first = yes(await sendMessage(house, ana, send('m1')));
  await sendMessage(house, ana, send('m2'));
  house.gateway.clear();
  const again = yes(await sendMessage(house.elsewhere(), ana, send('m1')));
  expect(again).toEqual({ ...first, duplicate: true });
  expect(house.gateway.sentTo(ben)).toMatchObject([{ type: 'message', message: { seq: 1, id: 'm1' } }]);
  expect((await house.conversations.read(ref))?.head).toBe(2);
});

it('stores one message of ten equal ones sent at once, and answers all with the same number', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  const replies = await Promise.all(
    Array.from({ length: 10 }, () => sendMessage(house.elsewhere(), ana, send('m1'))),
  );
  expect(new Set(replies.map((reply) => yes(reply).seq))).toEqual(new Set([1]));
  expect(replies.filter((reply) => !yes(reply).duplicate)).toHaveLength(1);
  expect((await house.conversations.read(ref))?.head).toBe(1);
});

it('refuses the same id with another text, and keeps the first', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house), await connected(house, { userId: 'ben' })];
  await sendMessage(house, ana, send('m1', 'one'));
  house.gateway.clear();
  expect(no(await sendMessage(house, ana, send('m1', 'two')))).toBe('CONFLICT');
  expect((await house.conversations.entry(ref, 1))?.text).toBe('one');
  expect(house.gateway.sentTo(ben)).toEqual([]);
});

it('refuses a message of another user or hotel, before it reads, stores or tells anything', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house), await connected(house, { userId: 'ben' })];
  house.trips.length = 0;
  for (const as of [
    { hotelId: hotel, userId: 'ben' },
    { hotelId: 'plaza', userId: 'ana' },
  ]) {
    expect(no(await sendMessage(house, ana, { ...send('m1'), as }))).toBe('OTHER_USER');
  }
  expect(house.trips).toEqual([]);
  expect(house.gateway.sentTo(ben)).toEqual([]);
  const own = { ...send('m1'), as: { hotelId: hotel, userId: 'ana' } };
  expect(yes(await sendMessage(house, ana, own))).toMatchObject({ seq: 1, duplicate: false });
});

it('lets two users use the same id', async () => {
  const house = newHouse();
  await conversation(house);
  const [ana, ben] = [await connected(house), await connected(house, { userId: 'ben' })];
  expect(yes(await sendMessage(house, ana, send('m1', 'one'))).seq).toBe(1);
  expect(yes(await sendMessage(house, ben, send('m1', 'two'))).seq).toBe(2);
});

it('lets one user use the same id in two conversations', async () => {
  const house = newHouse();
  await conversation(house, { id: 'a' });
  await conversation(house, { id: 'b' });
  const ana = await connected(house);
  expect(yes(await sendMessage(house, ana, send('m1', 'one', 'a'))).duplicate).toBe(false);
  expect(yes(await sendMessage(house, ana, send('m1', 'two', 'b'))).duplicate).toBe(false);
});

it('refuses to write into a closed conversation, and still answers what was stored before as sent', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await sendMessage(house, ana, send('m1'));
  await notify(house, upstream('closed', 'e1'));
  expect(no(await sendMessage(house, ana, send('m2')))).toBe('CLOSED');
  expect(yes(await sendMessage(house, ana, send('m1')))).toMatchObject({ seq: 1, duplicate: true });
  expect((await house.conversations.read(ref))?.head).toBe(2);
});

it('answers a repeat as sent even after the sender lost access, and tells nobody again until it is back', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  const sue = await connected(house, { userId: 'sue', departments: ['spa', 'front-desk'] });
  await sendMessage(house, ana, send('m1'));
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  house.gateway.clear();
  expect(yes(await sendMessage(house, ana, send('m1')))).toMatchObject({ seq: 1, duplicate: true });
  expect(no(await sendMessage(house, ana, send('m2')))).toBe('NOT_FOUND');
  expect(house.gateway.sentTo(sue)).toEqual([]);
  await notify(house, upstream('routed', 'e2', { department: 'front-desk' }));
  house.gateway.clear();
  expect(yes(await sendMessage(house, ana, send('m1')))).toMatchObject({ seq: 1, duplicate: true });
  expect(house.gateway.sentTo(sue)).toMatchObject([{ type: 'message', message: { seq: 1, id: 'm1' } }]);
});

it('gives the same answer, and asks the store the same, for what is not there and for what is not theirs', async () => {
  const house = newHouse();
  await conversation(house, { id: 'theirs', department: 'spa' });
  const ana = await connected(house);
  const asked = async (id: string) => {
    house.trips.length = 0;
    const outcome = await sendMessage(house.elsewhere(), ana, send('m1', 'hello', id));
    return { outcome, trips: [...house.trips] };
  };
  const forbidden = await asked('theirs');
  expect(forbidden).toEqual(await asked('nowhere'));
  expect(no(forbidden.outcome)).toBe('NOT_FOUND');
  expect((await house.conversations.read({ ...ref, conversationId: 'theirs' }))?.head).toBe(0);
});

it('lets a manager write in every department, and in none', async () => {
  const house = newHouse();
  await conversation(house, { id: 'a', department: 'spa' });
  await conversation(house, { id: 'b', department: null });
  const manager = await connected(house, { userId: 'max', role: 'manager', departments: [] });
  for (const id of ['a', 'b'])
    expect(yes(await sendMessage(house, manager, send('m', 'hi', id))).seq).toBe(1);
  const ana = await connected(house);
  expect(no(await sendMessage(house, ana, send('m', 'hi', 'b')))).toBe('NOT_FOUND');
});

it('never stores a message after a routing away from the sender, whoever is warm', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await sendMessage(house, ana, send('m1'));
  await notify(house.elsewhere(), upstream('routed', 'e1', { department: 'spa' }));
  // `house` still remembers the front desk.
  expect(no(await sendMessage(house, ana, send('m2')))).toBe('NOT_FOUND');
  expect((await house.conversations.read(ref))?.head).toBe(2);
});

it('keeps the beginning of a long text as the preview', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await sendMessage(house, ana, send('m1', `${'a'.repeat(119)}🐝 and more`));
  expect((await house.conversations.read(ref))?.preview).toBe('a'.repeat(119));
});
