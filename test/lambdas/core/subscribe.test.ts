import { expect, it } from 'vitest';
import { disconnect } from '../../../lambdas/core/connect.ts';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { subscribe, unsubscribe } from '../../../lambdas/core/subscribe.ts';
import { limits } from '../../../protocol/limits.ts';
import { readReply } from '../../support/frames.ts';
import {
  connected,
  conversation,
  hotel,
  newHouse,
  no,
  nothing,
  notify,
  received,
  send,
  upstream,
  yes,
  type House,
} from '../../support/house.ts';
import { memberIds } from '../../stores/conformance/parts.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };
const talk = { kind: 'conversation', conversationId: 'talk' } as const;
const to = (since?: number) =>
  ({ action: 'subscribe', conversationId: 'talk', ...(since === undefined ? {} : { since }) }) as const;
const from = { action: 'unsubscribe', conversationId: 'talk' } as const;

/** A conversation with so many messages, and someone who may see it. */
async function withMessages(count: number, text?: string) {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  for (let seq = 1; seq <= count; seq++) await notify(house, received(`g${seq}`, text ?? `text ${seq}`));
  house.gateway.clear();
  return { house, ana };
}

async function page(house: House, ana: Awaited<ReturnType<typeof connected>>, since?: number) {
  const reply = readReply('subscribed', yes(await subscribe(house, ana, to(since))));
  return { ...reply, seqs: reply.messages.map(({ seq }) => seq) };
}

it('shows an empty conversation whole', async () => {
  const { house, ana } = await withMessages(0);
  expect(await page(house, ana)).toMatchObject({
    seqs: [],
    first: 1,
    more: false,
    conversation: { head: 0 },
  });
  expect(await page(house, ana, 0)).toMatchObject({ seqs: [], first: 1, more: false });
});

it('shows the newest 50, oldest first, and says whether there are older ones', async () => {
  const { house, ana } = await withMessages(50);
  expect(await page(house, ana)).toMatchObject({ seqs: range(1, 50), first: 1, more: false });
  await notify(house, received('g51'));
  expect(await page(house, ana)).toMatchObject({
    seqs: range(2, 51),
    first: 1,
    more: true,
    conversation: { head: 51 },
  });
});

it('shows the oldest 50 after since, and says whether there are newer ones', async () => {
  const { house, ana } = await withMessages(60);
  expect(await page(house, ana, 0)).toMatchObject({ seqs: range(1, 50), more: true });
  expect(await page(house, ana, 9)).toMatchObject({ seqs: range(10, 59), more: true });
  expect(await page(house, ana, 10)).toMatchObject({ seqs: range(11, 60), more: false });
  expect(await page(house, ana, 59)).toMatchObject({ seqs: [60], more: false });
});

it('shows nothing and no reset to who has everything, and a reset to who has more than that', async () => {
  const { house, ana } = await withMessages(3);
  const upToDate = await page(house, ana, 3);
  expect(upToDate).toMatchObject({ seqs: [], more: false });
  expect(upToDate).not.toHaveProperty('reset');
  expect(await page(house, ana, 4)).toMatchObject({ seqs: [1, 2, 3], more: false, reset: true });
  expect(await page(house, ana, Number.MAX_SAFE_INTEGER)).toMatchObject({ seqs: [1, 2, 3], reset: true });
});

it('cuts to whole messages that fit into a frame, the newest without since and the oldest with it', async () => {
  const { house, ana } = await withMessages(20, '🐝'.repeat(2048));
  const newest = await page(house, ana);
  expect(newest).toMatchObject({ more: true });
  expect(newest.seqs.at(-1)).toBe(20);
  expect(newest.seqs.length).toBeGreaterThanOrEqual(2);
  const oldest = await page(house, ana, 0);
  expect(oldest).toMatchObject({ more: true });
  expect(oldest.seqs[0]).toBe(1);
});

it('counts what was removed: first is the lowest number still stored', async () => {
  const { house, ana } = await withMessages(5);
  for (const seq of [1, 2]) house.conversations.removeEntry(ref, seq);
  expect(await page(house, ana)).toMatchObject({ seqs: [3, 4, 5], first: 3, more: false });
  expect(await page(house, ana, 0)).toMatchObject({ seqs: [3, 4, 5], first: 3, more: false });
});

it('ends when everything was removed, instead of promising more for ever', async () => {
  const { house, ana } = await withMessages(2);
  for (const seq of [1, 2]) house.conversations.removeEntry(ref, seq);
  expect(await page(house, ana, 0)).toMatchObject({ seqs: [], more: false });
});

it('makes a connection hear of a conversation, once however often it subscribes', async () => {
  const house = newHouse();
  await conversation(house, { department: 'spa' });
  const manager = await connected(house, { role: 'manager', departments: [] });
  await subscribe(house, manager, to());
  await subscribe(house, manager, to());
  await notify(house, received('g1'));
  expect(house.gateway.sentTo(manager)).toHaveLength(1);
  yes(await unsubscribe(house, manager, from));
  yes(await unsubscribe(house, manager, from));
  await notify(house, received('g2'));
  expect(house.gateway.sentTo(manager)).toHaveLength(1);
});

it('lets a member of the department hear of it once with a subscription, and still without', async () => {
  const { house, ana } = await withMessages(0);
  await subscribe(house, ana, to());
  await notify(house, received('g1'));
  expect(house.gateway.sentTo(ana)).toHaveLength(1);
  readReply('unsubscribed', yes(await unsubscribe(house, ana, from)));
  await notify(house, received('g2'));
  expect(house.gateway.sentTo(ana)).toHaveLength(2);
});

it('refuses what is not there and what is not theirs alike, and makes no membership', async () => {
  const house = newHouse();
  await conversation(house, { department: 'spa' });
  const ana = await connected(house);
  house.trips.length = 0;
  const forbidden = await subscribe(house, ana, to());
  const trips = house.trips.splice(0);
  expect(forbidden).toEqual(await subscribe(house, ana, { ...to(), conversationId: 'none' }));
  expect(trips).toEqual(house.trips);
  expect(no(forbidden)).toBe('NOT_FOUND');
  expect(await memberIds(house.connections, hotel, talk)).toEqual([]);
});

it('takes the membership back when the conversation was routed away in between', async () => {
  let away = nothing;
  const house = newHouse({
    async turn(operation) {
      if (operation === 'join') await away();
    },
  });
  await conversation(house);
  const ana = await connected(house);
  away = async () => {
    away = nothing;
    await notify(house.elsewhere(), upstream('routed', 'e1', { department: 'spa' }));
  };
  expect(no(await subscribe(house, ana, to()))).toBe('NOT_FOUND');
  expect(await memberIds(house.connections, hotel, talk)).toEqual([]);
});

it('closes a connection that is not known, and stores nothing', async () => {
  const { house, ana } = await withMessages(1);
  await disconnect(house, ana);
  expect(no(await subscribe(house, ana, to()))).toBe('UNAVAILABLE');
  expect(house.connections.rowsOf(ana.id)).toBe(0);
  expect(house.gateway.closed).toEqual([ana.id]);
});

it('gets in beside ten others of the same connection, and gives up when it never does', async () => {
  const house = newHouse();
  const ana = await connected(house);
  const ids = Array.from({ length: 10 }, (_, index) => `c${index}`);
  for (const id of ids) await conversation(house, { id });
  const all = await Promise.all(
    ids.map((conversationId) => subscribe(house, ana, { ...to(), conversationId })),
  );
  for (const outcome of all) yes(outcome);
  house.connections.join = () => Promise.resolve('contended');
  expect(no(await subscribe(house, ana, { ...to(), conversationId: 'c0' }))).toBe('UNAVAILABLE');
});

it('has at most a hundred subscriptions besides its departments, and repeats those that it has', async () => {
  const house = newHouse();
  const ana = await connected(house, { role: 'manager', departments: ['front-desk', 'spa'] });
  const ids = Array.from({ length: limits.subscriptionsPerConnection }, (_, index) => `c${index}`);
  for (const id of [...ids, 'one-more']) await conversation(house, { id });
  for (const conversationId of ids) yes(await subscribe(house, ana, { ...to(), conversationId }));
  const oneMore = { ...to(), conversationId: 'one-more' };
  house.trips.length = 0;
  expect(no(await subscribe(house, ana, oneMore))).toBe('LIMIT');
  expect(house.trips).toEqual(['read', 'join', 'join']);
  expect(
    await memberIds(house.connections, hotel, { kind: 'conversation', conversationId: 'one-more' }),
  ).toEqual([]);
  expect(no(await subscribe(house, ana, { ...to(), conversationId: 'none' }))).toBe('NOT_FOUND');
  yes(await subscribe(house, ana, { ...to(), conversationId: 'c0' }));
  yes(await unsubscribe(house, ana, { action: 'unsubscribe', conversationId: 'c0' }));
  yes(await subscribe(house, ana, oneMore));
  expect(no(await subscribe(house, ana, { ...to(), conversationId: 'c0' }))).toBe('LIMIT');
});

it('takes three trips one after the other', async () => {
  const { house, ana } = await withMessages(3);
  house.trips.length = 0;
  await page(house, ana, 1);
  expect(house.trips).toEqual(['read', 'join', 'join', 'read', 'page']);
});

it('shows its entries with every head, though a message comes between the two reads', async () => {
  for (const since of [undefined, 0, 1]) {
    let late = nothing;
    const house = newHouse({
      async turn(operation) {
        if (operation === 'read') await late();
      },
    });
    await conversation(house);
    const [ana, ben] = [await connected(house), await connected(house, { userId: 'ben' })];
    await sendMessage(house, ben, send('m1'));
    let reads = 0;
    late = async () => {
      // The page of the second round has been read by now; its conversation has not.
      if (++reads === 2) await sendMessage(house, ben, send('m2'));
    };
    const { seqs, more, conversation: shown } = await page(house, ana, since);
    expect(shown.head).toBe(2);
    expect(seqs.at(-1) === 2 || more).toBe(true);
  }
});

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}
