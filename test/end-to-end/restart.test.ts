import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dataFolder, startService } from './support/service.ts';
import { StaffClient } from './support/staff.ts';
import { Upstream } from './support/upstream.ts';

let folder: Awaited<ReturnType<typeof dataFolder>>;
beforeAll(async () => {
  folder = await dataFolder();
});
afterAll(() => folder.remove());

describe('a stop with clients connected, and a start on the same data', () => {
  it('keeps conversations and messages, and no dead connection receives or breaks anything', async () => {
    const ana = { user: 'ana', hotel: 'grand', departments: ['front-desk'] };
    const first = await startService(folder.path);
    const before = await StaffClient.connect(first, ana);
    await new Upstream(first).notify({
      type: 'conversation.created',
      hotelId: 'grand',
      conversation: { id: 'c1', department: 'front-desk', guest: { id: 'g1' } },
      message: { id: 'wamid.1', text: 'Hello' },
    });
    const send = {
      action: 'sendMessage',
      conversationId: 'c1',
      clientMessageId: 'm1',
      text: 'Good evening',
    } as const;
    expect(await before.expect('sent', send)).toMatchObject({ seq: 2, duplicate: false });
    const closed = once(before.socket, 'close');
    expect(await first.stop()).toBe(0);
    await closed;

    const second = await startService(folder.path);
    const after = await StaffClient.connect(second, ana);
    const { messages } = await after.expect('history', { action: 'history', conversationId: 'c1' });
    expect(messages.map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'Hello'],
      [2, 'Good evening'],
    ]);
    expect(await after.expect('sent', send)).toMatchObject({ seq: 2, duplicate: true });
    const answer = await new Upstream(second).notify({
      type: 'message.received',
      hotelId: 'grand',
      conversationId: 'c1',
      message: { id: 'wamid.2', text: 'Thanks' },
    });
    expect(answer).toMatchObject({ seq: 3, delivered: 1, failed: 0 });
    expect(await after.next('message')).toMatchObject({ message: { seq: 3 } });
    await after.close();
    expect(await second.stop()).toBe(0);
  }, 120_000);
});
