import { expect, it } from 'vitest';
import { conversations } from '../../../lambdas/core/conversations.ts';
import { readReply } from '../../support/frames.ts';
import {
  conversation,
  newHouse,
  no,
  notify,
  received,
  staff,
  upstream,
  yes,
  type House,
} from '../../support/house.ts';

interface Question {
  department?: string | null;
  status?: 'open' | 'closed';
  limit?: number;
  cursor?: string;
}

async function ask(house: House, who: ReturnType<typeof staff>, question: Question = {}) {
  const request = { action: 'conversations', status: 'open', limit: 20, ...question } as const;
  const reply = readReply('conversations', yes(await conversations(house, who, request)));
  return { ids: reply.conversations.map(({ id }) => id), cursor: reply.cursor };
}

async function refused(house: House, who: ReturnType<typeof staff>, question: Question) {
  return no(
    await conversations(house, who, { action: 'conversations', status: 'open', limit: 20, ...question }),
  );
}

/** Conversations, a minute apart, the last one newest. */
async function withConversations(...given: [string, string | null][]): Promise<House> {
  const house = newHouse();
  for (const [id, department] of given) {
    house.world.advance(60_000);
    await conversation(house, { id, department });
  }
  return house;
}

it('merges the departments of the token, newest activity first', async () => {
  const house = await withConversations(['a', 'spa'], ['b', 'front-desk'], ['c', 'spa'], ['d', 'kitchen']);
  const ana = staff(house, { departments: ['front-desk', 'spa'] });
  expect((await ask(house, ana)).ids).toEqual(['c', 'b', 'a']);
  house.world.advance(60_000);
  await notify(house, received('g1', 'hello', 'a'));
  expect((await ask(house, ana)).ids).toEqual(['a', 'c', 'b']);
});

it('shows one department when asked for one, and the closed ones when asked for those', async () => {
  const house = await withConversations(['a', 'spa'], ['b', 'front-desk'], ['c', 'front-desk']);
  await notify(house, { ...upstream('closed', 'e1'), conversationId: 'c' });
  const ana = staff(house, { departments: ['front-desk', 'spa'] });
  expect((await ask(house, ana, { department: 'front-desk' })).ids).toEqual(['b']);
  expect((await ask(house, ana, { status: 'closed' })).ids).toEqual(['c']);
});

it('shows a manager those without a department as well, and any department by its name', async () => {
  const house = await withConversations(['a', 'spa'], ['b', null], ['c', 'front-desk']);
  const manager = staff(house, { role: 'manager' });
  expect((await ask(house, manager)).ids).toEqual(['c', 'b']);
  expect((await ask(house, manager, { department: null })).ids).toEqual(['b']);
  expect((await ask(house, manager, { department: 'spa' })).ids).toEqual(['a']);
});

it('refuses others a department that is not theirs, one that is not there, and those without', async () => {
  const house = await withConversations(['a', 'spa'], ['b', null]);
  const ana = staff(house);
  for (const department of ['spa', 'nowhere', null]) {
    expect(await refused(house, ana, { department })).toBe('NOT_FOUND');
  }
  expect((await ask(house, staff(house, { departments: [] }))).ids).toEqual([]);
});

it('goes on with a cursor until there is none, without a repeat or a gap', async () => {
  const house = newHouse();
  // Several of one instant, in two departments.
  for (let index = 0; index < 11; index++) {
    if (index % 3 === 0) house.world.advance(1000);
    await conversation(house, { id: `c${index}`, department: index % 2 === 0 ? 'spa' : 'front-desk' });
  }
  const ana = staff(house, { departments: ['front-desk', 'spa'] });
  const whole = (await ask(house, ana, { limit: 50 })).ids;
  expect(whole).toHaveLength(11);
  for (const limit of [1, 2, 5, 10, 11]) {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask(house, ana, { limit, ...(cursor === undefined ? {} : { cursor }) });
      seen.push(...page.ids);
      cursor = page.cursor;
    } while (cursor !== undefined);
    expect(seen).toEqual(whole);
  }
});

it('hands out no cursor after the last', async () => {
  const house = await withConversations(['a', 'front-desk'], ['b', 'front-desk']);
  expect((await ask(house, staff(house), { limit: 2 })).cursor).toBeUndefined();
  expect((await ask(house, staff(house), { limit: 1 })).cursor).toBeDefined();
});

it('refuses a cursor that is forged, cut, of another question, or no cursor at all', async () => {
  const house = await withConversations(['a', 'front-desk'], ['b', 'front-desk'], ['c', 'spa'], ['d', 'spa']);
  const ana = staff(house, { departments: ['front-desk', 'spa'] });
  const { cursor = '' } = await ask(house, ana, { limit: 1 });
  const ofSpa = (await ask(house, ana, { limit: 1, department: 'spa' })).cursor ?? '';
  const forged = [
    cursor.slice(0, -4),
    `${cursor}AAAA`,
    '',
    'x',
    '%%%',
    'bm90IGEgY3Vyc29y',
    btoa('*#open#2026-11-23T09:30:00.000Z'),
    btoa('*#open#yesterday#a'),
    btoa('*#open#2026-11-23T09:30:00.000Z#a#b'),
    btoa('*#open#2026-11-23T09:30:00.000Z#\u0000'),
    ofSpa,
  ];
  for (const each of forged) expect(await refused(house, ana, { cursor: each })).toBe('BAD_REQUEST');
  expect(await refused(house, ana, { cursor, status: 'closed' })).toBe('BAD_REQUEST');
  expect(await refused(house, ana, { cursor: ofSpa, department: 'front-desk' })).toBe('BAD_REQUEST');
  expect((await ask(house, ana, { cursor: ofSpa, department: 'spa' })).ids).toEqual(['c']);
});

it('shows another hotel nothing with the same cursor', async () => {
  const house = await withConversations(['a', 'front-desk'], ['b', 'front-desk']);
  const { cursor = '' } = await ask(house, staff(house), { limit: 1 });
  expect((await ask(house, staff(house, { hotelId: 'other' }), { cursor })).ids).toEqual([]);
});

it('cuts to what fits into a frame, and goes on from there', async () => {
  const house = newHouse();
  for (let index = 0; index < 50; index++) {
    house.world.advance(1000);
    await notify(house, {
      type: 'conversation.created',
      hotelId: 'grand',
      conversation: {
        id: `${index}-`.padEnd(160, 'c'),
        department: 'd'.repeat(160),
        guest: { id: 'g'.repeat(160), name: '界'.repeat(128), channel: '界'.repeat(128) },
      },
      message: { id: 'm', text: '界'.repeat(120) },
    });
  }
  const ana = staff(house, { departments: ['d'.repeat(160)] });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await ask(house, ana, { limit: 50, ...(cursor === undefined ? {} : { cursor }) });
    expect(page.ids.length).toBeGreaterThan(5);
    seen.push(...page.ids);
    cursor = page.cursor;
  } while (cursor !== undefined);
  expect(new Set(seen).size).toBe(50);
  expect(seen).toHaveLength(50);
});

it("never shows a guest's address", async () => {
  const house = await withConversations(['a', 'front-desk']);
  const reply = await conversations(house, staff(house), {
    action: 'conversations',
    status: 'open',
    limit: 20,
  });
  expect(JSON.stringify(reply)).not.toContain('+316');
});

it('shows what the index has, which may be a moment old', async () => {
  const house = newHouse({ index: 'lagging' });
  await conversation(house, { id: 'a' });
  const ana = staff(house);
  expect((await ask(house, ana)).ids).toEqual([]);
  house.conversations.catchUp();
  expect((await ask(house, ana)).ids).toEqual(['a']);
});

it('shows a conversation once, in its newer state, when it moved while the lists were read', async () => {
  const house = await withConversations(['c1', 'front-desk']);
  const before = await house.conversations.read({ hotelId: 'grand', conversationId: 'c1' });
  if (before === undefined) throw new Error('it was made');
  const lists = new Map([
    ['front-desk', [before]],
    ['spa', [{ ...before, department: 'spa', head: before.head + 1 }]],
  ]);
  house.conversations.list = (_, { department }) => Promise.resolve(lists.get(department ?? '') ?? []);
  const ana = staff(house, { departments: ['front-desk', 'spa'] });
  const request = { action: 'conversations', status: 'open', limit: 20 } as const;
  const reply = yes(await conversations(house, ana, request));
  expect(reply.conversations.map(({ id, department }) => [id, department])).toEqual([['c1', 'spa']]);
});
