import { expect, it } from 'vitest';
import { handleInvocation, NotifyFailure } from '../../../../lambdas/core/notify/batch.ts';
import { hotel, newHouse, received, upstream, type House } from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

function created(id = 'talk') {
  return {
    type: 'conversation.created',
    hotelId: hotel,
    conversation: { id, department: 'front-desk', guest: { id: 'g' } },
  };
}

async function failure(house: House, input: unknown): Promise<NotifyFailure> {
  try {
    await handleInvocation(house, input);
  } catch (error) {
    if (error instanceof NotifyFailure) return error;
    throw error;
  }
  throw new Error('it did not fail');
}

it('handles a list in its order and answers each', async () => {
  const house = newHouse();
  const answers = await handleInvocation(house, [
    created(),
    received('g1'),
    upstream('closed', 'e1'),
    received('g2'),
  ]);
  expect(answers).toMatchObject([
    { type: 'conversation.created', duplicate: false },
    { type: 'message.received', seq: 1 },
    { type: 'conversation.closed', seq: 2 },
    { type: 'message.received', seq: 3 },
  ]);
  expect((await house.conversations.read(ref))?.status).toBe('open');
});

it('answers one event with an object, and a list of one with a list', async () => {
  const house = newHouse();
  expect(await handleInvocation(house, created())).toMatchObject({ ok: true, conversationId: 'talk' });
  expect(await handleInvocation(house, [created()])).toMatchObject([{ ok: true, duplicate: true }]);
});

it('comes to the same when a whole list is repeated', async () => {
  const house = newHouse();
  const list = [
    created(),
    received('g1'),
    upstream('routed', 'e1', { department: 'spa' }),
    upstream('closed', 'e2'),
  ];
  await handleInvocation(house, list);
  const before = await house.conversations.read(ref);
  for (let times = 0; times < 3; times++) {
    const answers = await handleInvocation(house.elsewhere(), list);
    expect(answers).toMatchObject(list.map(() => ({ duplicate: true })));
  }
  expect(await house.conversations.read(ref)).toEqual(before);
  expect(before).toMatchObject({ head: 3, status: 'closed', department: 'spa' });
});

it('stores the good events of a list, and names the position and the field of each bad one', async () => {
  const house = newHouse();
  const error = await failure(house, [
    { ...created('a'), hotelId: 7 },
    created(),
    received('not an id', 'hi', 'b'),
    received('g1'),
  ]);
  expect(error.name).toBe('BAD_REQUEST');
  expect(error.message).toMatch(
    /^2 of 4 events failed: event 0: BAD_REQUEST hotelId: must be a string; event 2: BAD_REQUEST message\.id: must be an id/,
  );
  expect(await house.conversations.read(ref)).toMatchObject({ head: 1 });
});

it.each<[string, object]>([
  ['a message without an id', { ...received('g1'), message: { text: 'hi' } }],
  ['a routing to no department', upstream('routed', 'e1')],
  [
    'a creation in a department that is none',
    { ...created(), conversation: { ...created().conversation, department: '' } },
  ],
  ['a type that nobody knows', { ...received('g1'), type: 'message.exploded' }],
])('leaves the later events of a conversation after %s, and no others', async (_, bad) => {
  const house = newHouse();
  await handleInvocation(house, [created(), created('b')]);
  const error = await failure(house, [
    bad,
    received('g2'),
    upstream('closed', 'e2'),
    received('g3', 'hi', 'b'),
  ]);
  expect(error.name).toBe('BAD_REQUEST');
  expect(error.message).toContain('3 of 4 events failed');
  expect(error.message).toContain('event 1: UNAVAILABLE left');
  expect(await house.conversations.read(ref)).toMatchObject({ head: 0, status: 'open' });
  expect(await house.conversations.read({ ...ref, conversationId: 'b' })).toMatchObject({ head: 1 });
});

it('takes a list with odd attachments in it whole', async () => {
  const house = newHouse();
  const odd = {
    ...received('g1'),
    message: { id: 'g1', text: 'look', attachments: [{ kind: 'image', mime: '' }] },
  };
  expect(await handleInvocation(house, [created(), odd, received('g2')])).toHaveLength(3);
  expect(await house.conversations.entry(ref, 1)).toMatchObject({
    text: 'look',
    attachments: [{ kind: 'image' }],
    truncated: true,
  });
});

it.each<[string, unknown]>([
  ['an empty list', []],
  ['more than a hundred', Array.from({ length: 101 }, () => created())],
  ['a list in a list', [[created()]]],
  ['nothing', undefined],
  ['null', null],
  ['a text', 'conversation.created'],
  ['a number', 1],
  ['an unknown type', { ...created(), type: 'conversation.exploded' }],
  ['a type that comes later', { type: 'staff.revoked', hotelId: hotel, userId: 'ana', eventId: 'e' }],
  ['an inherited name as type', { ...created(), type: 'constructor' }],
])('refuses %s', async (_, input) => {
  expect((await failure(newHouse(), input)).name).toBe('BAD_REQUEST');
});

it('takes a hundred', async () => {
  const answers = await handleInvocation(
    newHouse(),
    Array.from({ length: 100 }, (_, index) => created(`c${index}`)),
  );
  expect(answers).toHaveLength(100);
});

it('leaves the later events of a conversation after one that failed, and handles the others', async () => {
  const house = newHouse();
  const error = await failure(house, [
    created('a'),
    received('g1', 'no such conversation', 'b'),
    received('g2', 'left', 'b'),
    created('b'),
    received('g3', 'hello', 'a'),
  ]);
  expect(error.name).toBe('NOT_FOUND');
  expect(error.message).toBe(
    '3 of 5 events failed: ' +
      'event 1: NOT_FOUND conversationId: no such conversation; send conversation.created first; ' +
      'event 2: UNAVAILABLE left, because an earlier event of its conversation failed; ' +
      'event 3: UNAVAILABLE left, because an earlier event of its conversation failed',
  );
  expect(await house.conversations.read({ ...ref, conversationId: 'a' })).toMatchObject({ head: 1 });
  expect(await house.conversations.read({ ...ref, conversationId: 'b' })).toBeUndefined();
});

it('does not mix up the same conversation of two hotels', async () => {
  const house = newHouse();
  const error = await failure(house, [received('g1', 'hi', 'talk', 'plaza'), created()]);
  expect(error.message).toContain('1 of 2');
  expect(await house.conversations.read(ref)).toBeDefined();
});

it('fails as UNAVAILABLE when the store is down, and as INTERNAL, without the reason, for a fault', async () => {
  const house = newHouse();
  await handleInvocation(house, created());
  house.down.add('commit');
  expect(await failure(house, received('g1'))).toMatchObject({ name: 'UNAVAILABLE' });
  house.conversations.commit = () => Promise.reject(new TypeError('arn:aws:secret'));
  const error = await failure(house, received('g1'));
  expect(error.name).toBe('INTERNAL');
  expect(error.message).not.toContain('secret');
  expect(house.log.events('error')).toEqual(['event failed', 'event failed']);
});

it('fails when it was stored and nobody could be told, so that it is repeated, and then tells', async () => {
  const house = newHouse();
  await handleInvocation(house, created());
  house.down.add('members');
  expect(await failure(house, received('g1'))).toMatchObject({ name: 'UNAVAILABLE' });
  house.down.clear();
  expect(await handleInvocation(house, received('g1'))).toMatchObject({ seq: 1, duplicate: true });
});

it('ignores unknown fields at any depth, and counts them in the log', async () => {
  const house = newHouse();
  const event = {
    ...created(),
    extra: 1,
    conversation: { ...created().conversation, more: { deep: { er: 2 } } },
  };
  await handleInvocation(house, event);
  expect(house.log.lines.map((line) => JSON.parse(line) as unknown)).toContainEqual({
    level: 'warn',
    event: 'unknown fields ignored',
    position: 0,
    unknownFields: 2,
  });
});

it('stops to count unknown fields at a hundred', async () => {
  const house = newHouse();
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`x${index}`, index]));
  await handleInvocation(house, { ...created(), ...many });
  expect(house.log.lines.join('')).toContain('"unknownFields":"100 or more"');
});

it('counts in the log a time of the guest that it cannot read, and says nothing of one that it can', async () => {
  const house = newHouse();
  const sent = (id: string, sentAt: unknown) => ({ ...received(id), message: { id, text: 'hi', sentAt } });
  await handleInvocation(house, [created(), sent('g1', '1781252132'), sent('g2', 'last Friday')]);
  const lines = house.log.lines.map((line) => JSON.parse(line) as unknown);
  expect(lines.filter((line) => JSON.stringify(line).includes('unreadable'))).toEqual([
    { level: 'warn', event: 'unreadable times ignored', position: 2, unreadableTimes: 1 },
  ]);
});

it('never puts into an error or a log what a guest wrote', async () => {
  const house = newHouse();
  const canary = 'canary-in-a-coal-mine';
  await handleInvocation(house, {
    ...created(),
    conversation: { ...created().conversation, guest: { id: 'g', name: canary, address: canary } },
    message: { id: 'g0', text: canary },
  });
  const bad = [
    { ...received('g1'), message: canary },
    { ...received('g1'), message: [canary] },
    { ...received('g1'), message: { id: `${canary} `, text: canary } },
    { ...received('g1', canary), conversationId: 'none' },
    { ...received('g0', `another ${canary}`) },
    { ...created(), conversation: canary },
    { ...created(), conversation: { id: 'c', guest: canary } },
    { ...created(), type: canary },
    canary,
  ];
  for (const event of bad) expect((await failure(house, event)).message).not.toContain(canary);
  const odd = [
    { id: 'g1', text: canary, sentAt: canary },
    { id: 'g2', text: canary, attachments: [canary] },
    { id: 'g3', text: [canary], attachments: canary },
    { id: 'g4', text: canary, attachments: [{ kind: `${canary}\u0000`, url: `javascript:${canary}` }] },
  ];
  await handleInvocation(
    house,
    odd.map((message) => ({ ...received(message.id), message, guest: { name: canary } })),
  );
  expect(house.log.lines.join('')).not.toContain(canary);
});
