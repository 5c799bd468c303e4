import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Hotel } from './support/hotel.ts';

describe('two members of staff and a guest', () => {
  it('a new conversation reaches the whole department, its answer the colleagues, and both are in the history', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk'], { name: 'Ana' });
    const ben = await hotel.staff('ben', ['front-desk']);

    const created = await hotel.conversation('c1', 'front-desk', 'Is breakfast included?');
    expect(created).toMatchObject({
      seq: 1,
      duplicate: false,
      audience: 2,
      delivered: 2,
      gone: 0,
      failed: 0,
    });
    for (const client of [ana, ben]) {
      expect(await client.next('conversation')).toMatchObject({
        event: 'created',
        conversation: { id: 'c1', department: 'front-desk', head: 1, preview: 'Is breakfast included?' },
        message: { seq: 1, sender: { kind: 'guest', id: 'guest-1', name: 'Gil' } },
      });
    }

    const subscribed = await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    expect(subscribed).toMatchObject({ first: 1, more: false, messages: [{ seq: 1 }] });

    const sent = await ana.expect('sent', {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: 'm1',
      text: 'Yes, until ten.',
    });
    expect(sent).toMatchObject({ seq: 2, duplicate: false, clientMessageId: 'm1' });
    expect(await ben.next('message')).toMatchObject({
      message: {
        seq: 2,
        id: 'm1',
        text: 'Yes, until ten.',
        sender: { kind: 'staff', id: 'ana', name: 'Ana' },
      },
    });

    const history = await ben.expect('history', { action: 'history', conversationId: 'c1' });
    expect(history.messages.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'Is breakfast included?'],
      [2, 'Yes, until ten.'],
    ]);
  });

  it('whoever is in the department and subscribed gets each message once, and the sender none', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'Hello');
    const ana = await hotel.staff('ana', ['front-desk']);
    const ben = await hotel.staff('ben', ['front-desk']);
    for (const client of [ana, ben])
      await client.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });

    await ana.expect('sent', {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: 'm1',
      text: 'Hi',
    });
    await hotel.guestWrites('c1', 'Thanks');

    const seqs = (await ben.arrived()).flatMap((frame) =>
      frame.type === 'message' ? [frame.message.seq] : [],
    );
    expect(seqs).toEqual([2, 3]);
    const own = (await ana.arrived()).flatMap((frame) =>
      frame.type === 'message' ? [frame.message.seq] : [],
    );
    expect(own).toEqual([3]);
  });

  it('other tabs of the sender get the message too', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const tab = await hotel.staff('ana', ['front-desk']);
    const otherTab = await hotel.staff('ana', ['front-desk']);
    await tab.expect('sent', {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: 'm1',
      text: 'Hi',
    });
    expect(await otherTab.next('message')).toMatchObject({ message: { seq: 1 } });
  });

  it('after unsubscribe a manager hears nothing more of a conversation outside the own departments', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'spa', 'Hello');
    const manager = await hotel.staff('mia', ['front-desk'], { role: 'manager' });
    await manager.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    expect(await hotel.guestWrites('c1', 'one')).toMatchObject({ audience: 1, delivered: 1 });
    await manager.expect('unsubscribed', { action: 'unsubscribe', conversationId: 'c1' });
    expect(await hotel.guestWrites('c1', 'two')).toMatchObject({ audience: 0, delivered: 0 });
    const texts = (await manager.arrived()).flatMap((frame) =>
      frame.type === 'message' ? [frame.message.text] : [],
    );
    expect(texts).toEqual(['one']);
  });

  it('staff route, close and reopen; both departments hear of a routing, and a message to a closed one is refused', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'My room is cold');
    const ana = await hotel.staff('ana', ['front-desk', 'engineering']);
    const eve = await hotel.staff('eve', ['engineering']);
    const routed = await ana.expect('changed', {
      action: 'route',
      conversationId: 'c1',
      department: 'engineering',
    });
    expect(routed.conversation).toMatchObject({ department: 'engineering', head: 2 });
    for (const client of [ana, eve]) {
      expect(await client.next('conversation')).toMatchObject({
        event: 'routed',
        message: {
          seq: 2,
          event: 'routed',
          department: 'engineering',
          sender: { kind: 'system', id: 'ana' },
        },
      });
    }
    const closed = await eve.expect('changed', { action: 'close', conversationId: 'c1' });
    expect(closed.conversation).toMatchObject({ status: 'closed', head: 3 });
    const again = await eve.expect('changed', { action: 'close', conversationId: 'c1' });
    expect(again.conversation).toMatchObject({ status: 'closed', head: 3 });
    const refused = await ana.expect('error', {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: randomUUID(),
      text: 'On our way',
    });
    expect(refused).toMatchObject({ code: 'CLOSED', retry: 'no' });
    await ana.expect('changed', { action: 'reopen', conversationId: 'c1' });
    await ana.expect('sent', {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: 'm1',
      text: 'On our way',
    });
    expect(await eve.next('message')).toMatchObject({ message: { seq: 5 } });
  });

  it('a conversation without a department is the managers’ until it is routed, with everything in it', async () => {
    const hotel = new Hotel();
    const mia = await hotel.staff('mia', [], { role: 'manager' });
    const ana = await hotel.staff('ana', ['front-desk']);
    expect(await hotel.conversation('c1', null, 'Anyone there?')).toMatchObject({
      unrouted: true,
      audience: 1,
    });
    expect(await mia.next('conversation')).toMatchObject({
      event: 'created',
      conversation: { department: null },
    });
    expect(await ana.expect('error', { action: 'subscribe', conversationId: 'c1' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const listed = await mia.expect('conversations', { action: 'conversations', department: null });
    expect(listed.conversations).toMatchObject([{ id: 'c1' }]);

    await mia.expect('changed', { action: 'route', conversationId: 'c1', department: 'front-desk' });
    expect(await ana.next('conversation')).toMatchObject({
      event: 'routed',
      conversation: { department: 'front-desk' },
    });
    const page = await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1', since: 0 });
    expect(page.messages.map(({ text, event }) => event ?? text)).toEqual(['Anyone there?', 'routed']);
  });
});
