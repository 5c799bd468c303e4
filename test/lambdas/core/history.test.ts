import { expect, it } from 'vitest';
import { history } from '../../../lambdas/core/history.ts';
import type { ConversationStore, LogRange } from '../../../lambdas/core/ports.ts';
import { readReply } from '../../support/frames.ts';
import {
  connected,
  conversation,
  newHouse,
  no,
  nothing,
  notify,
  received,
  upstream,
  yes,
} from '../../support/house.ts';

const ask = (given: { before?: number; after?: number; limit?: number; conversationId?: string } = {}) =>
  ({ action: 'history', conversationId: 'talk', limit: 50, ...given }) as const;

async function withMessages(count: number, text?: string) {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  for (let seq = 1; seq <= count; seq++) await notify(house, received(`g${seq}`, text ?? `text ${seq}`));
  const page = async (given: Parameters<typeof ask>[0] = {}) => {
    const reply = readReply('history', yes(await history(house, ana, ask(given))));
    return { seqs: reply.messages.map(({ seq }) => seq), first: reply.first, more: reply.more };
  };
  return { house, ana, page };
}

it('shows the newest, those before a number, and those after one', async () => {
  const { page } = await withMessages(10);
  expect(await page({ limit: 3 })).toEqual({ seqs: [8, 9, 10], first: 1, more: true });
  expect(await page({ limit: 10 })).toMatchObject({ more: false });
  expect(await page({ before: 4, limit: 3 })).toEqual({ seqs: [1, 2, 3], first: 1, more: false });
  expect(await page({ before: 5, limit: 3 })).toEqual({ seqs: [2, 3, 4], first: 1, more: true });
  expect(await page({ before: 1 })).toEqual({ seqs: [], first: 1, more: false });
  expect(await page({ after: 7, limit: 3 })).toEqual({ seqs: [8, 9, 10], first: 1, more: false });
  expect(await page({ after: 6, limit: 3 })).toEqual({ seqs: [7, 8, 9], first: 1, more: true });
  expect(await page({ after: 10 })).toEqual({ seqs: [], first: 1, more: false });
  expect(await page({ after: 99 })).toEqual({ seqs: [], first: 1, more: false });
});

it('reaches every message by walking back, and by walking on, when pages are cut by bytes', async () => {
  const { page } = await withMessages(30, 'é'.repeat(4096));
  const back: number[] = [];
  for (let before: number | undefined, more = true; more;) {
    const { seqs, more: older } = await page({ limit: 100, ...(before === undefined ? {} : { before }) });
    back.unshift(...seqs);
    [before, more] = [seqs[0], older];
  }
  const on: number[] = [];
  for (let after = 0, more = true; more;) {
    const { seqs, more: newer } = await page({ limit: 100, after });
    on.push(...seqs);
    [after, more] = [seqs.at(-1) ?? 0, newer];
  }
  expect(back).toEqual(Array.from({ length: 30 }, (_, index) => index + 1));
  expect(on).toEqual(back);
});

it('shows who may see it now, and asks the store the same for what is not there', async () => {
  const { house, ana } = await withMessages(3);
  yes(await history(house, ana, ask()));
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  house.trips.length = 0;
  const forbidden = await history(house, ana, ask());
  const trips = house.trips.splice(0);
  expect(forbidden).toEqual(await history(house, ana, ask({ conversationId: 'none' })));
  expect(trips).toEqual(['read']);
  expect(trips).toEqual(house.trips);
  expect(no(forbidden)).toBe('NOT_FOUND');
  const manager = await connected(house, { role: 'manager', departments: [] });
  expect(yes(await history(house, manager, ask())).messages).toHaveLength(4);
});

it('asks the store for no more entries than there are, and for none beyond the head', async () => {
  const { house, ana } = await withMessages(5);
  const asked: LogRange[] = [];
  const conversations: Pick<ConversationStore, 'read' | 'page'> = {
    read: (ref) => house.conversations.read(ref),
    page(ref, range) {
      asked.push(range);
      return house.conversations.page(ref, range);
    },
  };
  for (const given of [{}, { before: 3 }, { before: 99 }, { after: 2 }, { after: 5 }, { after: 99 }]) {
    yes(await history({ conversations }, ana, ask(given)));
  }
  expect(asked).toEqual([
    { kind: 'before', seq: 6, limit: 50 },
    { kind: 'before', seq: 3, limit: 50 },
    { kind: 'before', seq: 6, limit: 50 },
    { kind: 'after', seq: 2, limit: 3 },
    { kind: 'after', seq: 5, limit: 1 },
    { kind: 'after', seq: 99, limit: 1 },
  ]);
});

it('shows everything of before to the department that a conversation came to', async () => {
  const { house } = await withMessages(3);
  await notify(house, upstream('routed', 'e1', { department: 'spa' }));
  const sue = await connected(house, { userId: 'sue', departments: ['spa'] });
  const { messages } = readReply('history', yes(await history(house, sue, ask())));
  expect(messages.map(({ seq, event }) => event ?? seq)).toEqual([1, 2, 3, 'routed']);
});

it('shows a message that came between its two reads, in either direction', async () => {
  for (const given of [{}, { after: 1 }]) {
    let late = nothing;
    const house = newHouse({ turn: (operation) => (operation === 'read' ? late() : Promise.resolve()) });
    await conversation(house);
    const ana = await connected(house);
    await notify(house, received('g1'));
    late = async () => {
      late = nothing;
      await notify(house, received('g2'));
    };
    const { messages, more } = yes(await history(house, ana, ask(given)));
    expect(messages.at(-1)?.seq === 2 || more).toBe(true);
  }
});

it('shows nothing that came after the conversation was routed away between its two reads', async () => {
  for (const [given, seqs] of [
    [{ limit: 2 }, [1, 2]],
    [{ before: 99, limit: 2 }, [1, 2]],
    [{ after: 0 }, [1, 2]],
    [{ after: 2 }, []],
  ] as const) {
    let away = nothing;
    const house = newHouse({ turn: (operation) => (operation === 'page' ? away() : Promise.resolve()) });
    await conversation(house);
    const ana = await connected(house);
    for (const id of ['g1', 'g2']) await notify(house, received(id));
    away = async () => {
      away = nothing;
      await notify(house.elsewhere(), upstream('routed', 'e1', { department: 'spa' }));
      await notify(house.elsewhere(), received('g3'));
    };
    const { messages, more } = yes(await history(house, ana, ask(given)));
    expect(messages.map(({ seq }) => seq)).toEqual(seqs);
    expect(more).toBe(false);
  }
});
