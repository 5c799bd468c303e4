import { expect, it } from 'vitest';
import { change } from '../../../../lambdas/core/change.ts';
import { sendMessage } from '../../../../lambdas/core/send-message.ts';
import {
  connected,
  conversation,
  hotel,
  newHouse,
  notify,
  received,
  send,
  staff,
  upstream,
} from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };
const at = (second: number) => new Date(Date.UTC(2026, 10, 23, 9, 0, second)).toISOString();

it('applies each change with a number, and tells of it', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  expect(await notify(house, upstream('closed', 'e1'))).toMatchObject({
    seq: 1,
    duplicate: false,
    audience: 1,
  });
  expect(await notify(house, upstream('reopened', 'e2'))).toMatchObject({ seq: 2, duplicate: false });
  expect(house.gateway.sentTo(ana)).toMatchObject([
    { event: 'closed', message: { id: 'e1', sender: { kind: 'system', id: 'upstream' } } },
    { event: 'reopened', message: { id: 'e2' } },
  ]);
});

it('refuses a change of what is not there', async () => {
  await expect(notify(newHouse(), upstream('closed', 'e1'))).rejects.toMatchObject({
    name: 'NOT_FOUND',
    message: expect.stringContaining('conversationId') as unknown,
  });
});

it('answers a change to what is so already as a duplicate that told nobody, and does not undo later ones', async () => {
  const house = newHouse();
  await conversation(house);
  await connected(house);
  const reopened = upstream('reopened', 'e1', { at: at(1) });
  const answer = await notify(house, reopened);
  expect(answer).toMatchObject({ duplicate: true, audience: 0 });
  expect(answer).not.toHaveProperty('seq');
  expect(answer).not.toHaveProperty('stale');
  await notify(house, upstream('closed', 'e2', { at: at(1) }));
  expect(await notify(house, reopened)).toMatchObject({ duplicate: true });
  expect(await house.conversations.read(ref)).toMatchObject({ status: 'closed', head: 1 });
});

it('drops a change that is older than the last applied one, and says so', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await notify(house, upstream('routed', 'e2', { department: 'spa', at: at(20) }));
  house.gateway.clear();
  const late = await notify(house, upstream('routed', 'e1', { department: 'bar', at: at(10) }));
  expect(late).toMatchObject({ duplicate: true, stale: true, audience: 0 });
  expect(house.gateway.sentTo(ana)).toEqual([]);
  expect(await house.conversations.read(ref)).toMatchObject({ department: 'spa', head: 1 });
});

it('applies a change of the same instant', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('closed', 'e1', { at: at(5) }));
  expect(await notify(house, upstream('reopened', 'e2', { at: at(5) }))).toMatchObject({ seq: 2 });
});

it('compares times in different zones as times', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('closed', 'e1', { at: '2026-11-23T09:00:00+02:00' }));
  expect(await notify(house, upstream('reopened', 'e2', { at: '2026-11-23T08:00:00Z' }))).toMatchObject({
    seq: 2,
  });
});

it('ends in the same state in whatever order changes with times arrive', async () => {
  const events = [
    upstream('closed', 'e1', { at: at(1) }),
    upstream('reopened', 'e2', { at: at(2) }),
    upstream('closed', 'e3', { at: at(3) }),
  ];
  for (const order of [
    [0, 1, 2],
    [2, 1, 0],
    [1, 2, 0],
    [2, 0, 1],
    [0, 2, 1],
    [1, 0, 2],
  ]) {
    const house = newHouse();
    await conversation(house);
    for (const index of order) await notify(house.elsewhere(), events[index]);
    expect((await house.conversations.read(ref))?.status).toBe('closed');
  }
});

it('remembers the time of a change that found its wish fulfilled, whoever writes next', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('closed', 'e1', { at: at(1) }));
  await notify(house, upstream('reopened', 'e2', { at: at(2) }));
  const warm = house.elsewhere();
  await sendMessage(warm, staff(house), send('m1'));
  await notify(house.elsewhere(), upstream('reopened', 'e4', { at: at(40) }));
  await sendMessage(warm, staff(house), send('m2'));
  expect(await notify(house.elsewhere(), upstream('closed', 'e3', { at: at(30) }))).toMatchObject({
    stale: true,
  });
  expect((await house.conversations.read(ref))?.status).toBe('open');
});

it.each([1_781_252_132, '1781252132', 1_781_252_132_000, '2026-06-12T08:15:32+0000'])(
  'takes the time of a change from upstream that writes %j',
  async (time) => {
    const house = newHouse();
    await conversation(house);
    await notify(house, { ...upstream('reopened', 'e1'), at: time });
    expect((await house.conversations.read(ref))?.stateAt).toBe('2026-06-12T08:15:32.000Z');
  },
);

it('keeps the later of two times that are stored at once', async () => {
  const house = newHouse();
  await conversation(house);
  await Promise.all([
    notify(house.elsewhere(), upstream('reopened', 'e1', { at: at(10) })),
    notify(house.elsewhere(), upstream('reopened', 'e2', { at: at(20) })),
  ]);
  expect((await house.conversations.read(ref))?.stateAt).toBe(at(20));
});

it("lets staff and a guest's message count as changes too", async () => {
  const house = newHouse();
  await conversation(house);
  const ana = staff(house);
  await change(house, ana, { action: 'close', conversationId: 'talk' });
  expect(await notify(house, upstream('reopened', 'e1', { at: at(0) }))).toMatchObject({ stale: true });
  house.world.advance(60_000);
  await notify(house, received('g1'));
  expect(await notify(house, upstream('closed', 'e2', { at: '2026-11-23T09:30:30Z' }))).toMatchObject({
    stale: true,
  });
  expect((await house.conversations.read(ref))?.status).toBe('open');
});

it("applies a change without a time though this function's clock is behind", async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('closed', 'e1'));
  house.world.advance(-600_000);
  expect(await notify(house.elsewhere(), upstream('reopened', 'e2'))).toMatchObject({ seq: 2 });
});

it("applies a change with a right time though this function's clock is behind", async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('closed', 'e1', { at: '2026-11-23T09:29:00Z' }));
  house.world.advance(-600_000);
  expect(
    await notify(house.elsewhere(), upstream('reopened', 'e2', { at: '2026-11-23T09:29:30Z' })),
  ).toMatchObject({
    seq: 2,
  });
});

it('lets no upstream clock that runs ahead make later changes stale', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('closed', 'e1', { at: '2099-01-01T00:00:00Z' }));
  house.world.advance(1000);
  expect(await notify(house, upstream('reopened', 'e2', { at: '2026-11-23T09:30:01Z' }))).toMatchObject({
    seq: 2,
  });
});

it('refuses the id of an event with other content', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  await expect(notify(house, upstream('routed', 'e1', { department: 'bar' }))).rejects.toMatchObject({
    name: 'CONFLICT',
  });
  await expect(notify(house, upstream('closed', 'e1'))).rejects.toMatchObject({ name: 'CONFLICT' });
  expect(await house.conversations.read(ref)).toMatchObject({ head: 1, department: 'spa' });
});

it.each([
  ['a closing', upstream('closed', 'e1')],
  ['a routing elsewhere', upstream('routed', 'e1', { department: 'bar' })],
  ['a reopening', upstream('reopened', 'e1')],
  ['an edit', { type: 'message.edited', ...ref, messageId: 'g1', eventId: 'e1', text: 'x' }],
])('refuses the id of a routing that stored no entry for %s', async (_, other) => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('routed', 'e1', { department: 'front-desk' }));
  await expect(notify(house.elsewhere(), other)).rejects.toMatchObject({ name: 'CONFLICT' });
  expect(await house.conversations.read(ref)).toMatchObject({ head: 0, status: 'open' });
  expect(await notify(house, upstream('routed', 'e1', { department: 'front-desk' }))).toMatchObject({
    duplicate: true,
  });
});

it('refuses the id of a stale change for another one, and calls a repeat of it stale again', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, upstream('routed', 'e2', { department: 'spa', at: at(20) }));
  const stale = upstream('closed', 'e1', { at: at(10) });
  await notify(house, stale);
  await expect(notify(house, upstream('reopened', 'e1'))).rejects.toMatchObject({ name: 'CONFLICT' });
  expect(await notify(house.elsewhere(), stale)).toMatchObject({ duplicate: true, stale: true, audience: 0 });
});

it('takes a receipt of an earlier version, which does not say what was wanted, for the same', async () => {
  const house = newHouse();
  await conversation(house);
  const current = await house.conversations.read(ref);
  if (current === undefined) throw new Error('it was made');
  const receipt = { sender: 'upstream', key: 'e1' };
  await house.conversations.commit({ expected: current, next: current, receipt });
  expect(await notify(house, upstream('closed', 'e1'))).toMatchObject({ duplicate: true });
});

it("tells an event's id from the same id of a guest's message", async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, received('same'));
  expect(await notify(house, upstream('closed', 'same'))).toMatchObject({ seq: 2, duplicate: false });
});

it('stores one change of ten equal ones at once', async () => {
  const house = newHouse();
  await conversation(house);
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => notify(house.elsewhere(), upstream('closed', 'e1'))),
  );
  expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  expect(new Set(answers.map(({ seq }) => seq))).toEqual(new Set([1]));
});
