import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Hotel } from './support/hotel.ts';

describe('notify', () => {
  it('the same event again stores nothing, says so, and is delivered again', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const ana = await hotel.staff('ana', ['front-desk']);
    const id = randomUUID();
    expect(await hotel.guestWrites('c1', 'Hello', id)).toMatchObject({
      seq: 1,
      duplicate: false,
      delivered: 1,
    });
    expect(await hotel.guestWrites('c1', 'Hello', id)).toMatchObject({
      seq: 1,
      duplicate: true,
      delivered: 1,
    });
    expect((await ana.arrived()).filter(({ type }) => type === 'message')).toHaveLength(2);
    await expect(hotel.guestWrites('c1', 'Something else', id)).rejects.toMatchObject({ name: 'CONFLICT' });
  });

  it('a list is handled in order and can be repeated whole', async () => {
    const hotel = new Hotel();
    const ana = await hotel.staff('ana', ['front-desk', 'spa']);
    const conversation = { hotelId: hotel.id, conversationId: 'c1' };
    const events = [
      {
        type: 'conversation.created',
        hotelId: hotel.id,
        conversation: { id: 'c1', department: 'front-desk', guest: { id: 'g1' } },
      },
      { type: 'message.received', ...conversation, message: { id: 'wamid.1', text: 'Massage?' } },
      { type: 'conversation.routed', ...conversation, department: 'front-desk', eventId: 'e1' },
      { type: 'conversation.routed', ...conversation, department: 'spa', eventId: 'e2' },
      { type: 'conversation.closed', ...conversation, eventId: 'e3' },
    ];
    const first = await hotel.upstream.notifyAll(events);
    expect(first.map(({ seq, duplicate }) => [seq, duplicate])).toEqual([
      [undefined, false],
      [1, false],
      [undefined, true],
      [2, false],
      [3, false],
    ]);
    const second = await hotel.upstream.notifyAll(events);
    expect(second.every(({ duplicate }) => duplicate)).toBe(true);
    const { conversations } = await ana.expect('conversations', {
      action: 'conversations',
      department: 'spa',
      status: 'closed',
    });
    expect(conversations).toMatchObject([{ id: 'c1', department: 'spa', head: 3 }]);
  });

  it('a routed conversation leaves the old department, whose staff hear nothing more of it', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'Hello');
    const ana = await hotel.staff('ana', ['front-desk']);
    const eve = await hotel.staff('eve', ['spa']);
    await ana.expect('subscribed', { action: 'subscribe', conversationId: 'c1' });
    expect(await hotel.upstreamChanges('routed', 'c1', { department: 'spa' })).toMatchObject({
      seq: 2,
      audience: 2,
    });
    expect(await ana.next('conversation')).toMatchObject({
      event: 'routed',
      conversation: { department: 'spa' },
    });
    expect(await eve.next('conversation')).toMatchObject({ event: 'routed' });

    expect(await hotel.guestWrites('c1', 'A secret')).toMatchObject({ audience: 1, delivered: 1 });
    expect(await eve.next('message')).toMatchObject({ message: { text: 'A secret' } });
    expect((await ana.arrived()).filter(({ type }) => type !== 'pong')).toEqual([]);
    expect(await ana.expect('error', { action: 'history', conversationId: 'c1' })).toMatchObject({
      code: 'NOT_FOUND',
    });
    const pong = await ana.expect('pong', { action: 'ping', heads: { c1: 2 } });
    expect(pong.heads).toEqual(new Map([['c1', null]]));
  });

  it('a guest’s message reopens a closed conversation in one entry and one frame', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'Hello');
    await hotel.upstreamChanges('closed', 'c1');
    const ana = await hotel.staff('ana', ['front-desk']);
    expect(await hotel.guestWrites('c1', 'One more thing')).toMatchObject({ seq: 3 });
    const frames = (await ana.arrived()).filter(({ type }) => type !== 'pong');
    expect(frames).toMatchObject([
      {
        type: 'conversation',
        event: 'reopened',
        conversation: { status: 'open' },
        message: { seq: 3, text: 'One more thing' },
      },
    ]);
  });

  it('a state event older than the last applied one is stale and changes nothing', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    await hotel.upstreamChanges('closed', 'c1', { at: '2026-01-01T10:00:00Z' });
    const late = await hotel.upstreamChanges('reopened', 'c1', { at: '2026-01-01T09:00:00Z' });
    expect(late).toMatchObject({ duplicate: true, stale: true, audience: 0 });
  });

  it('a closing that happened before the guest’s newest message is stale', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk', 'Hello');
    const late = await hotel.upstreamChanges('closed', 'c1', { at: '2026-01-01T09:00:00Z' });
    expect(late).toMatchObject({ duplicate: true, stale: true, audience: 0 });
    await expect(hotel.upstreamChanges('reopened', 'c1')).resolves.toMatchObject({ duplicate: true });
  });

  it('edits, deletions and new names of a guest reach the staff', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    await hotel.guestWrites('c1', 'Helo', 'wamid.1');
    const ana = await hotel.staff('ana', ['front-desk']);
    const conversation = { hotelId: hotel.id, conversationId: 'c1' };
    const revision = { ...conversation, messageId: 'wamid.1' };
    await hotel.upstream.notifyAll([
      { type: 'message.edited', ...revision, eventId: 'e1', text: 'Hello\r\nagain' },
      { type: 'message.deleted', ...revision, eventId: 'e2' },
      {
        type: 'message.received',
        ...conversation,
        message: { id: 'w2', text: 'Bye' },
        guest: { name: 'New' },
      },
    ]);
    expect(await ana.arrived()).toMatchObject([
      { type: 'message', message: { seq: 2, event: 'edited', messageId: 'wamid.1', text: 'Hello\nagain' } },
      { type: 'message', message: { seq: 3, event: 'deleted', messageId: 'wamid.1', text: '' } },
      {
        type: 'conversation',
        event: 'updated',
        conversation: { guest: { name: 'New' }, preview: 'Bye', previewOf: 'w2' },
        message: { seq: 4, sender: { name: 'New' } },
      },
    ]);
  });

  it('a guest’s message is never refused for its content', async () => {
    const hotel = new Hotel();
    await hotel.conversation('c1', 'front-desk');
    const ana = await hotel.staff('ana', ['front-desk']);
    await hotel.guestWrites('c1', `\u0000${'é'.repeat(5000)}\ud800`);
    expect(await ana.next('message')).toMatchObject({ message: { text: 'é'.repeat(4096), truncated: true } });
    const attachments = Array.from({ length: 12 }, (_, n) => ({ kind: 'image', id: `a${n}` }));
    const message = { id: randomUUID(), text: '', attachments };
    await hotel.upstream.notify({
      type: 'message.received',
      hotelId: hotel.id,
      conversationId: 'c1',
      message,
    });
    const shown = await ana.next('message');
    expect([shown.message.text, shown.message.attachments?.length, shown.message.truncated]).toEqual([
      '',
      10,
      true,
    ]);
  });

  it('bad input fails with a code and a sentence that names the field, and holds up nothing else', async () => {
    const hotel = new Hotel();
    const event = {
      type: 'message.received',
      hotelId: hotel.id,
      conversationId: 'c1',
      message: { id: 'm1', text: 'Hi' },
    };
    await expect(hotel.upstream.notify(event)).rejects.toMatchObject({ name: 'NOT_FOUND' });
    await expect(hotel.upstream.notify({ ...event, conversationId: 'a b' })).rejects.toMatchObject({
      name: 'BAD_REQUEST',
      message: containing('conversationId: must be an id'),
    });
    await expect(hotel.upstream.notify({ ...event, type: 'nonsense' })).rejects.toMatchObject({
      name: 'BAD_REQUEST',
    });
    await expect(hotel.upstream.notifyAll([])).rejects.toMatchObject({ name: 'BAD_REQUEST' });

    const created = {
      type: 'conversation.created',
      hotelId: hotel.id,
      conversation: { id: 'c1', guest: { id: 'g1' } },
    };
    await expect(
      hotel.upstream.notifyAll([created, { ...event, message: { id: '' } }]),
    ).rejects.toMatchObject({
      name: 'BAD_REQUEST',
      message: containing('event 1'),
    });
    expect(await hotel.upstream.notify(event)).toMatchObject({ seq: 1, duplicate: false });
  });

  it('after a failure in a list the later events of its conversation are left, and those of others handled', async () => {
    const hotel = new Hotel();
    const created = (id: string) => ({
      type: 'conversation.created',
      hotelId: hotel.id,
      conversation: { id, department: 'front-desk', guest: { id: 'g1' } },
    });
    const closed = { type: 'conversation.closed', hotelId: hotel.id, conversationId: 'c1', eventId: 'e1' };
    await expect(hotel.upstream.notifyAll([closed, created('c1'), created('c2')])).rejects.toMatchObject({
      name: 'NOT_FOUND',
      message: containing('2 of 3 events failed: event 0: NOT_FOUND'),
    });
    const ana = await hotel.staff('ana', ['front-desk']);
    const { conversations } = await ana.expect('conversations', { action: 'conversations' });
    expect(conversations.map(({ id }) => id)).toEqual(['c2']);
  });
});

/** A sentence with these words in it. */
function containing(words: string): unknown {
  return expect.stringContaining(words);
}
