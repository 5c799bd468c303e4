import { describe, expect, it } from 'vitest';
import { Hotel } from './support/hotel.ts';
import type { StaffClient } from './support/staff.ts';

describe('a conversation of 120 messages', () => {
  it('is read page by page in both directions, and ping tells who has missed something', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    await hotel.upstream.notifyAll(messages(hotel, 1, 100));
    await hotel.upstream.notifyAll(messages(hotel, 101, 120));
    const ana = await hotel.staff('ana', ['front-desk']);

    const newest = await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    expect([newest.messages[0]?.seq, newest.messages.at(-1)?.seq, newest.first, newest.more]).toEqual([
      71,
      120,
      1,
      true,
    ]);
    const older = await ana.expect('history', {
      action: 'history',
      conversationId: 'c1',
      before: 71,
      limit: 100,
    });
    expect([older.messages[0]?.seq, older.messages.at(-1)?.seq, older.more]).toEqual([1, 70, false]);

    const resumed = await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1', since: 10 });
    expect([resumed.messages[0]?.seq, resumed.messages.at(-1)?.seq, resumed.more]).toEqual([11, 60, true]);
    expect(await forward(ana, 60)).toEqual(Array.from({ length: 60 }, (_, n) => 61 + n));

    const upToDate = await ana.expect('subscribed', {
      action: 'subscribe',
      conversationId: 'c1',
      since: 120,
    });
    expect(upToDate).toMatchObject({ messages: [], more: false });
    const ahead = await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1', since: 999 });
    expect([ahead.reset, ahead.messages.at(-1)?.seq]).toEqual([true, 120]);

    const pong = await ana.expect('pong', { action: 'ping', heads: { c1: 119 } });
    expect(pong.heads).toEqual(new Map([['c1', 120]]));
    expect(await ana.expect('pong', { action: 'ping', heads: { c1: 120 } })).toMatchObject({
      heads: new Map(),
    });
  });

  it('no frame is over 32 KiB: long answers are cut to whole entries with more', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const long = '€'.repeat(4096);
    await hotel.upstream.notifyAll(messages(hotel, 1, 6, long));
    const ana = await hotel.staff('ana', ['front-desk']);
    const page = await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1', since: 0 });
    expect([page.messages.map(({ seq }) => seq), page.more]).toEqual([[1, 2], true]);
    const back = await ana.expect('history', { action: 'history', conversationId: 'c1' });
    expect([back.messages.map(({ seq }) => seq), back.more]).toEqual([[5, 6], true]);
    expect(Math.max(...ana.raw.map((text) => Buffer.byteLength(text)))).toBeLessThanOrEqual(32 * 1024);
  });
});

describe('the inbox', () => {
  it('lists newest activity first, page by page, by department and status', async () => {
    const hotel = new Hotel();
    for (const n of [1, 2, 3, 4, 5])
      await hotel.conversation(`c${n}`, n % 2 === 0 ? 'spa' : 'front-desk', `text ${n}`);
    await hotel.upstreamChanges('closed', 'c5');
    await hotel.guestWrites('c1', 'again');
    const ana = await hotel.staff('ana', ['front-desk', 'spa']);
    const first = await ana.expect('conversations', { action: 'conversations', limit: 3 });
    expect(first.conversations.map(({ id }) => id)).toEqual(['c1', 'c4', 'c3']);
    const cursor = first.cursor ?? '';
    const rest = await ana.expect('conversations', { action: 'conversations', limit: 3, cursor });
    expect([rest.conversations.map(({ id }) => id), rest.cursor]).toEqual([['c2'], undefined]);
    const closed = await ana.expect('conversations', { action: 'conversations', status: 'closed' });
    expect(closed.conversations.map(({ id }) => id)).toEqual(['c5']);
    const forged = await ana.expect('error', { action: 'conversations', department: 'spa', cursor });
    expect(forged.code).toBe('BAD_REQUEST');
  });

  it('ping tells of a department whose newest activity is another', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'Hello');
    const ana = await hotel.staff('ana', ['front-desk']);
    const { conversations } = await ana.expect('conversations', { action: 'conversations' });
    const updatedAt = conversations[0]?.updatedAt ?? '';
    expect(await ana.expect('pong', { action: 'ping', inbox: { 'front-desk': updatedAt } })).toMatchObject({
      inbox: new Map(),
    });
    await hotel.guestWrites('c1', 'Hello?');
    const pong = await ana.expect('pong', { action: 'ping', inbox: { 'front-desk': updatedAt } });
    expect([...pong.inbox.keys()]).toEqual(['front-desk']);
  });
});

function messages(hotel: Hotel, from: number, to: number, text?: string): object[] {
  return Array.from({ length: to - from + 1 }, (_, n) => ({
    type: 'message.received',
    hotelId: hotel.id,
    conversationId: 'c1',
    message: { id: `wamid.${from + n}`, text: text ?? `text ${from + n}` },
  }));
}

/** Every seq after one, following `more`. */
async function forward(client: StaffClient, after: number): Promise<number[]> {
  const page = await client.expect('history', { action: 'history', conversationId: 'c1', after, limit: 25 });
  const seqs = page.messages.map(({ seq }) => seq);
  return page.more ? [...seqs, ...(await forward(client, seqs.at(-1) ?? Infinity))] : seqs;
}
