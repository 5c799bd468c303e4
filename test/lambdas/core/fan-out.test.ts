import { expect, it } from 'vitest';
import { fanOut, type Delivery } from '../../../lambdas/core/fan-out.ts';
import type { Connection } from '../../../lambdas/core/identity.ts';
import type { Group } from '../../../lambdas/core/ports.ts';
import { encode } from '../../../protocol/codec.ts';
import { connected, hotel, newHouse, type House } from '../../support/house.ts';
import { roomy } from '../../stores/conformance/parts.ts';

const frontDesk = { kind: 'department', department: 'front-desk' } as const;
const talk = { kind: 'conversation', conversationId: 'talk' } as const;
const frame = encode({
  type: 'message',
  message: {
    conversationId: 'talk',
    seq: 1,
    id: 'm',
    sender: { kind: 'guest', id: 'g' },
    text: 'hello',
    sentAt: '2026-11-23T09:30:00.000Z',
  },
});

function deliver(house: House, given: Partial<Delivery> = {}) {
  return fanOut(house, {
    hotelId: hotel,
    groups: [frontDesk, talk],
    departments: ['front-desk'],
    frame,
    ...given,
  });
}

async function many(house: House, count: number, groups: readonly Group[] = []): Promise<Connection[]> {
  const connections: Connection[] = [];
  for (let index = 0; index < count; index++) {
    const connection = await connected(
      house,
      { userId: `user-${index}` },
      `c${String(index).padStart(4, '0')}`,
    );
    for (const group of groups) await house.connections.join(connection, group, roomy);
    connections.push(connection);
  }
  return connections;
}

it('reaches each member of all groups once, and counts them', async () => {
  const house = newHouse();
  const members = await many(house, 5, [talk]);
  expect(await deliver(house)).toEqual({ audience: 5, delivered: 5, gone: 0, failed: 0, deferred: 0 });
  for (const member of members) expect(house.gateway.sentTo(member)).toHaveLength(1);
});

it('leaves out the connection that sent it', async () => {
  const house = newHouse();
  const [sender, other] = await many(house, 2, [talk]);
  expect(await deliver(house, { except: sender?.id ?? '' })).toMatchObject({ audience: 1, delivered: 1 });
  expect(house.gateway.posts.map(({ connectionId }) => connectionId)).toEqual([other?.id]);
});

it('counts nobody where there is nobody', async () => {
  expect(await deliver(newHouse())).toEqual({ audience: 0, delivered: 0, gone: 0, failed: 0, deferred: 0 });
});

it('reaches every member of every page and partition', async () => {
  const house = newHouse({ pageSize: 500, shards: 3 });
  await many(house, 40);
  expect(await deliver(house)).toMatchObject({ audience: 40, delivered: 40 });
});

it('has at most 64 posts under way', async () => {
  const house = newHouse();
  await many(house, 200);
  await deliver(house);
  expect(house.gateway.peak).toBe(64);
});

it('deletes what is past its expiry without a post, though the connection is in the table', async () => {
  const house = newHouse();
  const [member] = await many(house, 1, [talk]);
  house.world.advance(3 * 3600 * 1000);
  expect(await deliver(house)).toMatchObject({ audience: 0 });
  expect(house.gateway.posts).toEqual([]);
  expect(house.connections.rowsOf(member?.id ?? '')).toBe(0);
});

it('forgets a connection that is gone, with all its memberships, and reaches the others', async () => {
  const house = newHouse();
  const [dead, alive] = await many(house, 2, [talk]);
  if (!dead || !alive) throw new Error('two were made');
  house.world.advance(11_000);
  house.gateway.answer(dead, 'gone');
  expect(await deliver(house)).toEqual({ audience: 2, delivered: 1, gone: 1, failed: 0, deferred: 0 });
  expect(house.connections.rowsOf(dead.id)).toBe(0);
  expect(house.connections.rowsOf(alive.id)).toBe(3);
  expect(await deliver(house)).toMatchObject({ audience: 1, delivered: 1 });
});

it('keeps a row that is 10 seconds young: its connection may still be opening', async () => {
  const house = newHouse();
  const [young] = await many(house, 1);
  if (!young) throw new Error('one was made');
  house.gateway.answer(young, 'gone');
  house.world.advance(10_000);
  expect(await deliver(house)).toMatchObject({ gone: 1 });
  expect(house.connections.rowsOf(young.id)).toBe(2);
  house.world.advance(1);
  expect(await deliver(house)).toMatchObject({ gone: 1 });
  expect(house.connections.rowsOf(young.id)).toBe(0);
});

it('keeps a connection whose post failed', async () => {
  const house = newHouse();
  const [slow] = await many(house, 1);
  if (!slow) throw new Error('one was made');
  house.world.advance(60_000);
  house.gateway.answer(slow, 'failed');
  expect(await deliver(house)).toEqual({ audience: 1, delivered: 0, gone: 0, failed: 1, deferred: 0 });
  expect(house.connections.rowsOf(slow.id)).toBe(2);
});

it('does not count or post to a member that may not see any of the departments', async () => {
  const house = newHouse();
  const subscriber = await connected(house, { departments: ['spa'] });
  await house.connections.join(subscriber, talk, roomy);
  expect(await deliver(house)).toMatchObject({ audience: 0 });
  expect(await deliver(house, { departments: ['bar', 'spa'] })).toMatchObject({ audience: 1 });
  expect(await deliver(house, { departments: [null] })).toMatchObject({ audience: 0 });
});

it('posts to no one whose token has expired, after 30 seconds of grace', async () => {
  const house = newHouse();
  const expires = house.world.now().getTime() / 1000 + 600;
  await connected(house, { tokenExpiresAt: expires });
  house.world.advance(630_000);
  expect(await deliver(house)).toMatchObject({ audience: 1 });
  house.world.advance(1);
  expect(await deliver(house)).toMatchObject({ audience: 0 });
});

it('reaches everybody else while one member hangs, also those on later pages and partitions', async () => {
  const house = newHouse({ pageSize: 500, shards: 3 });
  const members = await many(house, 30);
  const hanging = members[0];
  if (!hanging) throw new Error('some were made');
  const release = house.gateway.hold(hanging);
  const delivery = deliver(house);
  await settled();
  expect(house.gateway.posts).toHaveLength(30);
  release('failed');
  expect(await delivery).toEqual({ audience: 30, delivered: 29, gone: 0, failed: 1, deferred: 0 });
});

it('is over only when the last post is', async () => {
  const house = newHouse();
  const [hanging] = await many(house, 1);
  if (!hanging) throw new Error('one was made');
  const release = house.gateway.hold(hanging);
  let over = false;
  const delivery = deliver(house).then(() => (over = true));
  await settled();
  expect(over).toBe(false);
  release('delivered');
  await delivery;
});

it('waits for the posts under way before it fails for a group that cannot be read', async () => {
  let reads = 0;
  const house = newHouse({
    pageSize: 200,
    turn: (operation) =>
      operation === 'members' && ++reads > 2
        ? Promise.reject(new Error('no second page'))
        : Promise.resolve(),
  });
  const [hanging] = await many(house, 3);
  if (!hanging) throw new Error('some were made');
  const release = house.gateway.hold(hanging);
  let over = false;
  const delivery = deliver(house).finally(() => (over = true));
  const refused = expect(delivery).rejects.toThrow('no second page');
  await settled();
  expect(house.gateway.posts.length).toBeGreaterThan(0);
  expect(over).toBe(false);
  release('delivered');
  await refused;
});

it('delivers though a dead connection could not be deleted, and logs it', async () => {
  const house = newHouse();
  const [dead, alive] = await many(house, 2);
  if (!dead || !alive) throw new Error('two were made');
  house.world.advance(60_000);
  house.gateway.answer(dead, 'gone');
  house.down.add('close');
  expect(await deliver(house)).toMatchObject({ audience: 2, delivered: 1, gone: 1 });
  expect(house.log.events('warn')).toEqual(['dead connection not deleted']);
});

it('never reaches a member of another hotel', async () => {
  const house = newHouse();
  const foreign = await connected(house, { hotelId: 'other', role: 'manager' });
  await house.connections.join(foreign, talk, roomy);
  expect(await deliver(house)).toMatchObject({ audience: 0 });
});

/** Everything that can happen without waiting for a held answer has happened. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await new Promise((resume) => setImmediate(resume));
}
