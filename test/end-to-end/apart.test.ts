import { describe, expect, it } from 'vitest';
import { Hotel } from './support/hotel.ts';

describe('two hotels with the same departments, users and conversations', () => {
  it('never meet, in any frame or answer', async () => {
    const [grand, plaza] = [new Hotel(), new Hotel()];
    const [anaOfGrand, anaOfPlaza] = [
      await grand.staff('ana', ['front-desk'], { role: 'manager' }),
      await plaza.staff('ana', ['front-desk'], { role: 'manager' }),
    ];
    await grand.conversation('c1', 'front-desk', 'grand: hello');
    await plaza.conversation('c1', 'front-desk', 'plaza: hello');
    await grand.conversation('only-here', null, 'grand: anyone?');
    await anaOfGrand.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    await anaOfPlaza.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    // The same key of the same user name: a receipt of one hotel must not answer for the other.
    for (const [client, name] of [
      [anaOfGrand, 'grand'],
      [anaOfPlaza, 'plaza'],
    ] as const) {
      const reply = await client.expect('sent', {
        action: 'sendMessage',
        conversationId: 'c1',
        clientMessageId: 'm1',
        text: `${name}: answer`,
      });
      expect(reply).toMatchObject({ seq: 2, duplicate: false });
    }
    expect(
      await anaOfPlaza.expect('error', { action: 'subscribe', conversationId: 'only-here' }),
    ).toMatchObject({
      code: 'NOT_FOUND',
    });
    for (const client of [anaOfGrand, anaOfPlaza]) {
      await client.ask({ action: 'conversations' });
      await client.ask({ action: 'conversations', department: null });
      await client.ask({ action: 'history', conversationId: 'c1' });
      await client.ask({
        action: 'ping',
        heads: { c1: 0, 'only-here': 0 },
        inbox: { 'front-desk': '2026-01-01T00:00:00.000Z' },
      });
      await client.arrived();
    }
    expect(anaOfGrand.raw.filter((text) => text.includes('plaza'))).toEqual([]);
    expect(anaOfPlaza.raw.filter((text) => text.includes('grand'))).toEqual([]);
    expect(anaOfPlaza.raw.some((text) => text.includes('plaza: answer'))).toBe(true);
  });
});

describe('who a connection is', () => {
  it('is told by the reply that was asked for it, and a message of another user or hotel is not stored', async () => {
    const [grand, plaza] = [new Hotel(), new Hotel()];
    await grand.conversation('c1', 'front-desk', 'grand: hello');
    await plaza.conversation('c1', 'front-desk', 'plaza: hello');
    const ana = await plaza.staff('ana', ['front-desk']);
    const { you } = await ana.expect('pong', { action: 'ping', who: true });
    expect(you).toMatchObject({ hotelId: plaza.id, userId: 'ana' });
    expect(await ana.expect('pong', { action: 'ping' })).not.toHaveProperty('you');
    const message = {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: 'm1',
      text: 'left in a storage',
    } as const;
    for (const as of [
      { hotelId: grand.id, userId: 'ana' },
      { hotelId: plaza.id, userId: 'ben' },
    ]) {
      expect(await ana.expect('error', { ...message, as })).toMatchObject({
        code: 'OTHER_USER',
        retry: 'no',
      });
    }
    const own = { ...message, as: { hotelId: plaza.id, userId: 'ana' } };
    expect(await ana.expect('sent', own)).toMatchObject({ seq: 2, duplicate: false });
  });
});

describe('what a user may not see', () => {
  it('is answered like what does not exist, to the letter, on every route', async () => {
    const hotel = new Hotel();
    await hotel.conversation('there', 'spa', 'private');
    const ana = await hotel.staff('ana', ['front-desk']);
    const asks = [
      (conversationId: string) => ({ action: 'subscribe', conversationId }) as const,
      (conversationId: string) => ({ action: 'history', conversationId }) as const,
      (conversationId: string) => ({ action: 'close', conversationId }) as const,
      (conversationId: string) => ({ action: 'reopen', conversationId }) as const,
      (conversationId: string) => ({ action: 'route', conversationId, department: 'front-desk' }) as const,
      (conversationId: string) =>
        ({ action: 'sendMessage', conversationId, clientMessageId: 'm1', text: 'hello' }) as const,
    ];
    for (const ask of asks) {
      const { id: _, ...forbidden } = await ana.expect('error', ask('there'));
      const { id: __, ...unknown } = await ana.expect('error', ask('nowhere'));
      expect(forbidden).toEqual(unknown);
      expect(forbidden.code).toBe('NOT_FOUND');
    }
    const pong = await ana.expect('pong', {
      action: 'ping',
      heads: { there: 1, nowhere: 1 },
      inbox: { spa: '2026-01-01T00:00:00.000Z' },
    });
    expect([...pong.heads, ...pong.inbox]).toEqual([
      ['there', null],
      ['nowhere', null],
      ['spa', null],
    ]);
    expect(await ana.expect('error', { action: 'conversations', department: 'spa' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await ana.expect('error', { action: 'conversations', department: null })).toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});
