import { describe, expect, it } from 'vitest';
import { conversation, history, message, refusal, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, stage } from './support/stage.ts';

const changed = (head: number, given: object = {}) => ({
  type: 'changed',
  conversation: conversation(head, given),
});

describe('history', () => {
  it('resolves to a page', async () => {
    const scene = await onlineStage();
    const page = scene.client.history('c1', { before: 71, limit: 100 });
    expect(scene.socket().last('history')).toMatchObject({ conversationId: 'c1', before: 71, limit: 100 });
    scene.socket().answer('history', history(1, 70));
    await expect(page).resolves.toMatchObject({ first: 1, more: false, messages: { length: 70 } });
  });

  it('waits for a connection, and is repeated on the next one', async () => {
    const scene = await stage();
    const page = scene.client.history('c1');
    scene.socket().open();
    scene.socket().end();
    await scene.pass(1000);
    scene.socket().open();
    scene.socket().answer('history', history(1, 2));
    await expect(page).resolves.toMatchObject({ messages: { length: 2 } });
  });

  it('rejects after half a minute, and with the code of a refusal', async () => {
    const scene = await onlineStage();
    const refused = scene.client.history('nowhere');
    scene.socket().answer('history', refusal('NOT_FOUND', 'no'));
    await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND' });
    const never = expect(scene.client.history('c1')).rejects.toMatchObject({ code: 'TIMEOUT' });
    await scene.pass(30_000);
    await never;
  });

  it('is bounded', async () => {
    const scene = await stage({ maxCalls: 1 });
    const first = scene.client.history('c1');
    await expect(scene.client.history('c1')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    scene.client.close();
    await expect(first).rejects.toThrow();
  });
});

describe('route, closeConversation and reopenConversation', () => {
  it('resolve to the conversation, whose entry then comes by itself', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    const calls = [
      scene.client.route('c1', 'spa'),
      scene.client.closeConversation('c1'),
      scene.client.reopenConversation('c1'),
    ];
    expect(scene.socket().last('route')).toMatchObject({ conversationId: 'c1', department: 'spa' });
    scene.socket().answer('route', changed(2, { department: 'spa' }));
    scene.socket().answer('close', changed(3, { status: 'closed' }));
    scene.socket().answer('reopen', changed(4));
    expect((await Promise.all(calls)).map(({ head }) => head)).toEqual([2, 3, 4]);
    const event = {
      type: 'conversation',
      event: 'routed',
      conversation: conversation(2, { department: 'spa' }),
    };
    scene.socket().deliver({ ...event, message: message(2) });
    await scene.pass(300);
    expect(scene.socket().last('history')).toMatchObject({ after: 2 });
    scene.socket().answer('history', history(3, 4));
    expect(shown.seqs()).toEqual([1, 2, 3, 4]);
  });

  it('are repeated when the answer says so, and never when it is not known whether they happened', async () => {
    const scene = await onlineStage();
    const busy = scene.client.closeConversation('c1');
    scene.socket().answer('close', refusal('UNAVAILABLE', 'backoff'));
    await scene.pass(500);
    scene.socket().answer('close', changed(2));
    await expect(busy).resolves.toMatchObject({ head: 2 });

    const lost = scene.client.closeConversation('c1');
    scene.socket().end();
    await expect(lost).rejects.toMatchObject({ code: 'UNKNOWN' });
    await scene.pass(1000);
    scene.socket().open();
    expect(scene.socket().all('close')).toEqual([]);
  });

  it('that were answered while the page was frozen resolve', async () => {
    const scene = await onlineStage();
    const call = scene.client.closeConversation('c1');
    scene.clock.freeze(60_000);
    scene.socket().answer('close', changed(2));
    await expect(call).resolves.toMatchObject({ head: 2 });
  });

  it('that never left are sent when there is a connection', async () => {
    const scene = await stage();
    const call = scene.client.route('c1', 'spa');
    scene.socket().open();
    scene.socket().answer('route', changed(2));
    await expect(call).resolves.toMatchObject({ head: 2 });
  });
});
