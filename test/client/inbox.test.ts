import { describe, expect, it } from 'vitest';
import { at, conversation, live, message, refusal, subscribed } from './support/frames.ts';
import { board, event, listing, pong } from './support/board.ts';
import { onlineStage, reconnect, stage } from './support/stage.ts';

describe('a list of conversations', () => {
  it('is asked for, and shown newest activity first', async () => {
    const scene = await stage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().open();
    expect(scene.socket().last('conversations')).toMatchObject({
      department: 'front-desk',
      status: 'open',
      limit: 50,
    });
    scene.socket().answer('conversations', listing({ a: 9, b: 7 }));
    expect(shown.events).toMatchObject([{ type: 'list', complete: true }]);
    expect(shown.ids()).toEqual(['a', 'b']);
  });

  it('is asked for at once, and once, on a connection that is open already', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', { count: 7 }, shown.listener);
    expect(scene.socket().all('conversations')).toMatchObject([{ department: 'front-desk', limit: 7 }]);
    scene.socket().answer('conversations', listing({ a: 9 }));
    expect(shown.ids()).toEqual(['a']);
  });

  it('follows events: new, changed, closed, routed away and back', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 7 }));
    scene.socket().deliver(event(10, { id: 'new' }, 'created'));
    expect(shown.ids()).toEqual(['new', 'a', 'b']);
    scene.socket().deliver(live(8, { conversationId: 'b', text: 'Anyone there?' }, at(11)));
    expect(shown.rows()).toEqual(['b 8 Anyone there?', 'new 10', 'a 9']);
    scene.socket().deliver(event(12, { id: 'a', status: 'closed' }));
    expect(shown.ids()).toEqual(['b', 'new']);
    scene.socket().deliver(event(13, { id: 'new', department: 'spa' }));
    expect(shown.ids()).toEqual(['b']);
    scene.socket().deliver(event(14, { id: 'new' }));
    expect(shown.ids()).toEqual(['new', 'b']);
    const before = shown.events.length;
    scene.socket().deliver(event(15, { id: 'elsewhere', department: 'spa' }));
    expect(shown.events).toHaveLength(before);
  });

  it('believes the higher head, in whatever order things come', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().deliver(event(9, { id: 'a', status: 'closed' }));
    scene.socket().answer('conversations', listing({ a: 8, b: 7 }));
    expect(shown.ids()).toEqual(['b']);
    // The message overtook the routing that came before it.
    scene.socket().deliver(live(9, { conversationId: 'b' }, at(20)));
    scene.socket().deliver(event(8, { id: 'b', department: 'spa' }));
    expect(shown.ids()).toEqual([]);
  });

  it('reads the listing again when a message tells of a conversation that it does not show', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', { count: 1 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9 }, 'next'));
    scene.socket().deliver(live(4, { conversationId: 'old' }, at(30)));
    scene.socket().deliver(live(5, { conversationId: 'old' }, at(31)));
    await scene.pass(1000);
    expect(scene.socket().all('conversations')).toHaveLength(2);
    scene.socket().answer('conversations', listing({ old: 5 }, 'next'));
    scene.socket().deliver(live(1, { conversationId: 'of-another-department' }, at(40)));
    await scene.pass(1000);
    scene.socket().answer('conversations', listing({ old: 5 }, 'next'));
    scene.socket().deliver(live(2, { conversationId: 'of-another-department' }, at(41)));
    await scene.pass(1000);
    expect(scene.socket().all('conversations')).toHaveLength(3);
  });

  it('lists more on demand, down to the end', async () => {
    const scene = await onlineStage();
    const shown = board();
    const list = scene.client.conversations('front-desk', { count: 2 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8 }, 'page 2'));
    expect(shown.events.at(-1)).toMatchObject({ complete: false });
    expect(list.more(2)).toBe(true);
    expect(scene.socket().last('conversations')).toMatchObject({ cursor: 'page 2', limit: 2 });
    scene.socket().answer('conversations', listing({ c: 7 }));
    expect(shown.ids()).toEqual(['a', 'b', 'c']);
    expect(shown.events.at(-1)).toMatchObject({ complete: true });
  });

  it('shows nothing from below where it has been read, so that it has no holes', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', { count: 2 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8 }, 'page 2'));
    scene.client.subscribe('deep', { since: 0 }, () => {});
    scene
      .socket()
      .answer('subscribe', { ...subscribed(1, 0), conversation: conversation(3, { id: 'deep' }) });
    expect(shown.ids()).toEqual(['a', 'b']);
  });

  it('on a new connection reads again as far as it had read, and drops what is not there any more', async () => {
    const scene = await onlineStage();
    const shown = board();
    const list = scene.client.conversations('front-desk', { count: 1 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9 }, 'x'));
    list.more(1);
    scene.socket().answer('conversations', listing({ b: 8 }, 'y'));
    const socket = await reconnect(scene);
    expect(socket.last('conversations')).toMatchObject({ limit: 2 });
    socket.answer('conversations', listing({ new: 12, b: 8 }, 'y'));
    expect(shown.ids()).toEqual(['new', 'b']);
  });

  it('keeps what an event told of while the listing lags', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().deliver(event(10, { id: 'just-now' }, 'created'));
    scene.socket().answer('conversations', listing({ a: 9 }));
    expect(shown.ids()).toEqual(['just-now', 'a']);
  });

  it('an empty department is no reason to read it again and again', async () => {
    const scene = await onlineStage();
    scene.client.conversations('front-desk', {}, () => {});
    scene.socket().answer('conversations', listing({}));
    scene.client.wake();
    scene.socket().answer('ping', pong({ 'front-desk': null }));
    expect(scene.socket().all('conversations')).toHaveLength(1);
  });

  it('is read again every five minutes, for what nothing else tells', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations(null, {}, shown.listener);
    const row = (id: string, head: number) => conversation(head, { id, department: null });
    scene
      .socket()
      .answer('conversations', { type: 'conversations', conversations: [row('a', 9), row('b', 8)] });
    await scene.pass(300_000);
    expect(scene.socket().last('ping')).toMatchObject({ inbox: {} });
    expect(scene.socket().all('conversations')).toHaveLength(2);
    scene.socket().answer('conversations', { type: 'conversations', conversations: [row('b', 8)] });
    expect(shown.ids()).toEqual(['b']);
  });

  it('ends with the code of a refusal, and asks for nothing more', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('vault', {}, shown.listener);
    scene.socket().answer('conversations', refusal('NOT_FOUND', 'no'));
    expect(shown.events).toEqual([{ type: 'ended', code: 'NOT_FOUND', message: 'NOT_FOUND.' }]);
    const socket = await reconnect(scene);
    expect(socket.all('conversations')).toEqual([]);
  });

  it('starts again from the top when a cursor has become void', async () => {
    const scene = await onlineStage();
    const shown = board();
    const list = scene.client.conversations('front-desk', { count: 1 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9 }, 'old'));
    list.more(1);
    scene.socket().answer('conversations', refusal('BAD_REQUEST', 'no'));
    await scene.pass(500);
    expect(scene.socket().last('conversations')).toMatchObject({ limit: 2 });
    expect(scene.socket().last('conversations')).not.toHaveProperty('cursor');
    scene.socket().answer('conversations', listing({ a: 9, b: 8 }));
    expect(shown.ids()).toEqual(['a', 'b']);
  });

  it('is bounded, and so is what is remembered', async () => {
    const scene = await onlineStage({ maxListed: 3, maxConversations: 4 });
    const shown = board();
    const list = scene.client.conversations('front-desk', { count: 2 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8 }, 'x'));
    expect(list.more(5)).toBe(false);
    expect(scene.socket().last('conversations')).toMatchObject({ limit: 1 });
    scene.socket().answer('conversations', listing({ c: 7 }, 'y'));
    for (const [n, id] of ['d', 'e', 'f'].entries()) scene.socket().deliver(event(20 + n, { id }, 'created'));
    expect(shown.ids()).toHaveLength(3);
    expect(scene.notices.filter(({ kind }) => kind === 'dropped')).toHaveLength(2);
  });

  it('after close() is silent', async () => {
    const scene = await onlineStage();
    const shown = board();
    const list = scene.client.conversations('front-desk', {}, shown.listener);
    list.close();
    scene.socket().answer('conversations', listing({ a: 9 }));
    scene.socket().deliver(event(10, { id: 'new' }, 'created'));
    expect(shown.events).toEqual([]);
  });

  it('shows own messages too', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().answer('conversations', listing({ b: 9, c1: 3 }));
    const sending = scene.client.sendMessage('c1', 'On our way');
    const sentAt = at(40);
    scene.socket().answer('sendMessage', {
      ...message(4),
      type: 'sent',
      clientMessageId: 'm1',
      sentAt,
      duplicate: false,
    });
    await sending;
    expect(shown.rows()).toEqual(['c1 4 On our way', 'b 9']);
  });
});
