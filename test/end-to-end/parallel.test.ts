import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Hotel } from './support/hotel.ts';
import type { Frame } from './support/staff.ts';

describe('many at once', () => {
  it('ten sends to one conversation get ten consecutive numbers, and nobody an error', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const staff = await Promise.all(['ana', 'ben'].map((user) => hotel.staff(user, ['front-desk'])));
    const replies = await Promise.all(
      range(1, 5).flatMap((n) =>
        staff.map((client, at) => client.expect('sent', send(`m${n}-${at}`, `text ${n}`))),
      ),
    );
    expect(replies.map(({ seq }) => seq).toSorted((a, b) => a - b)).toEqual(range(1, 10));
  });

  it('the same message sent ten times at once is stored once, and answered ten times with its number', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const ana = await hotel.staff('ana', ['front-desk']);
    const replies = await Promise.all(range(1, 10).map(() => ana.expect('sent', send('m1', 'once'))));
    expect(new Set(replies.map(({ seq }) => seq))).toEqual(new Set([1]));
    expect(replies.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
    const history = await ana.expect('history', { action: 'history', conversationId: 'c1' });
    expect(history.messages).toHaveLength(1);
  });

  it('fifty end as sent or UNAVAILABLE, and a retry completes them without a hole or a double', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const ana = await hotel.staff('ana', ['front-desk']);
    let open = range(1, 50);
    const seqs: number[] = [];
    for (let round = 0; open.length > 0 && round < 10; round++) {
      const replies = await Promise.all(open.map((n) => ana.ask(send(`m${n}`, `text ${n}`))));
      expect(replies.filter((reply) => !isSentOrUnavailable(reply))).toEqual([]);
      seqs.push(...replies.flatMap((reply) => (reply.type === 'sent' ? [reply.seq] : [])));
      open = open.filter((_, at) => replies[at]?.type !== 'sent');
    }
    expect(seqs.toSorted((a, b) => a - b)).toEqual(range(1, 50));
  });

  it('a send that races a routing away is before it or refused', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk']);
    const mia = await hotel.staff('mia', [], { role: 'manager' });
    for (const n of range(1, 10)) {
      const conversationId = `c${n}`;
      await hotel.conversation(conversationId, 'front-desk');
      const [reply] = await Promise.all([
        ana.ask({ ...send(randomUUID(), 'late?'), conversationId }),
        mia.expect('changed', { action: 'route', conversationId, department: 'spa' }),
      ]);
      const { messages } = await mia.expect('history', { action: 'history', conversationId });
      const kinds = messages.map(({ event }) => event ?? 'message');
      const expected = reply.type === 'sent' ? ['message', 'routed'] : ['routed'];
      expect([reply.type === 'error' ? reply.code : 'sent', kinds]).toEqual([
        reply.type === 'sent' ? 'sent' : 'NOT_FOUND',
        expected,
      ]);
    }
  });
});

function send(clientMessageId: string, text: string) {
  return { action: 'sendMessage', conversationId: 'c1', clientMessageId, text } as const;
}

function isSentOrUnavailable(frame: Frame): boolean {
  return frame.type === 'sent' || (frame.type === 'error' && frame.code === 'UNAVAILABLE');
}

function range(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, n) => from + n);
}
