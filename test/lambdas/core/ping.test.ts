import { expect, it } from 'vitest';
import type { Connection } from '../../../lambdas/core/identity.ts';
import { disconnect } from '../../../lambdas/core/connect.ts';
import { ping } from '../../../lambdas/core/ping.ts';
import { limits } from '../../../protocol/limits.ts';
import { readReply } from '../../support/frames.ts';
import {
  connected,
  conversation,
  newHouse,
  no,
  notify,
  received,
  upstream,
  yes,
  type House,
} from '../../support/house.ts';

async function pong(
  house: House,
  who: Connection,
  heads: Record<string, number> = {},
  inbox: Record<string, string> = {},
) {
  const request = {
    action: 'ping',
    heads: new Map(Object.entries(heads)),
    inbox: new Map(Object.entries(inbox)),
  } as const;
  const reply = readReply('pong', yes(await ping(house, who, request)));
  return { heads: Object.fromEntries(reply.heads), inbox: Object.fromEntries(reply.inbox), at: reply.at };
}

it('answers an empty ping with the time, and asks only whether the connection is known', async () => {
  const house = newHouse();
  const reply = readReply('pong', yes(await ping(house, await connected(house), { action: 'ping' })));
  expect(reply).toEqual({ type: 'pong', at: '2026-11-23T09:30:00.000Z', heads: new Map(), inbox: new Map() });
  expect(house.trips.filter((trip) => trip !== 'readMany')).toEqual(['open', 'has']);
});

it('tells the heads that differ, and null for what is not there or not theirs', async () => {
  const house = newHouse();
  await conversation(house, { id: 'same' });
  await conversation(house, { id: 'behind' });
  await conversation(house, { id: 'theirs', department: 'spa' });
  for (const id of ['same', 'behind', 'theirs']) await notify(house, received('g1', 'hi', id));
  const known = { same: 1, behind: 0, ahead: 7, theirs: 1 };
  expect((await pong(house, await connected(house), known)).heads).toEqual({
    behind: 1,
    ahead: null,
    theirs: null,
  });
  const manager = await connected(house, { role: 'manager', departments: [] });
  expect((await pong(house, manager, known)).heads).toEqual({ behind: 1, ahead: null });
});

it('tells a head that is lower than the client believes', async () => {
  const house = newHouse();
  await conversation(house);
  expect((await pong(house, await connected(house), { talk: 5 })).heads).toEqual({ talk: 0 });
});

it('takes the names of what objects inherit as plain ids', async () => {
  const house = newHouse();
  for (const id of ['__proto__', 'constructor']) await conversation(house, { id });
  const heads = new Map([
    ['__proto__', 4],
    ['constructor', 0],
    ['toString', 1],
  ]);
  const reply = yes(await ping(house, await connected(house), { action: 'ping', heads }));
  expect(JSON.parse(JSON.stringify(reply.heads))).toEqual(JSON.parse('{"__proto__":0,"toString":null}'));
});

it('tells the newest activity of departments where it differs, closed conversations included', async () => {
  const house = newHouse();
  const ana = await connected(house, { departments: ['front-desk', 'spa', 'bar'] });
  await conversation(house, { id: 'a' });
  await conversation(house, { id: 'b', department: 'spa' });
  house.world.advance(1000);
  await notify(house, { ...upstream('closed', 'e1'), conversationId: 'b' });
  const then = '2026-11-23T09:30:00.000Z';
  expect(
    (await pong(house, ana, {}, { 'front-desk': then, spa: then, bar: then, kitchen: then })).inbox,
  ).toEqual({
    spa: '2026-11-23T09:30:01.000Z',
    bar: null,
    kitchen: null,
  });
});

it('tells nobody of another hotel anything', async () => {
  const house = newHouse();
  await conversation(house);
  const foreign = await connected(house, { hotelId: 'other', role: 'manager' });
  expect(await pong(house, foreign, { talk: 9 }, { 'front-desk': '2026-11-23T09:30:00.000Z' })).toMatchObject(
    {
      heads: { talk: null },
      inbox: { 'front-desk': null },
    },
  );
});

it('fits into a frame with all that may be asked', async () => {
  const house = newHouse();
  const ids = Array.from({ length: 50 }, (_, index) => `${index}-`.padEnd(limits.idUnits, 'c'));
  const departments = Array.from({ length: 20 }, (_, index) => `${index}-`.padEnd(limits.idUnits, 'd'));
  const then = '2020-01-01T00:00:00.000Z';
  const heads = Object.fromEntries(ids.map((id) => [id, 1]));
  const inbox = Object.fromEntries(departments.map((id) => [id, then]));
  expect(Object.keys((await pong(house, await connected(house), heads, inbox)).heads)).toHaveLength(50);
});

it('closes a connection that was taken for dead, so that its client connects again', async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await disconnect(house, ana);
  const pinged = await ping(house, ana, { action: 'ping', heads: new Map([['talk', 0]]) });
  expect(no(pinged)).toBe('UNAVAILABLE');
  expect(house.gateway.closed).toEqual([ana.id]);
});
