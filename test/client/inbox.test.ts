import { describe, expect, it } from 'vitest';
import type { ListEvent } from '../../client/index.ts';
import type { Conversation } from '../../protocol/model.ts';
import { at, conversation, live, message, refusal, subscribed } from './support/frames.ts';
import { onlineStage, reconnect, stage } from './support/stage.ts';

/** What an app shows of a list. */
function board() {
  const events: ListEvent[] = [];
  const last = (): readonly Conversation[] => {
    const event = events.findLast(({ type }) => type === 'list');
    return event?.type === 'list' ? event.conversations : [];
  };
  return {
    events,
    listener: (event: ListEvent): void => void events.push(event),
    ids: () => last().map(({ id }) => id),
    /** Ids with what can be seen of each. */
    rows: () =>
      last().map(({ id, head, preview }) => `${id} ${head}${preview === undefined ? '' : ` ${preview}`}`),
  };
}

/** A listing of conversations, each named with its head, which is also its time. */
function listing(rows: Record<string, number>, cursor?: string) {
  const conversations = Object.entries(rows).map(([id, head]) => conversation(head, { id }));
  return { type: 'conversations', conversations, ...(cursor === undefined ? {} : { cursor }) };
}

const event = (head: number, given: Partial<Conversation>, name = 'routed') => ({
  type: 'conversation',
  event: name,
  conversation: conversation(head, given),
});
const pong = (inbox: object) => ({ type: 'pong', at: '', heads: {}, inbox });

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

  it('is ordered by the time of the server, whatever time the channel says', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8, c: 7 }));
    const minutesAgo = new Date(Date.parse(at(0)) - 300_000).toISOString();
    scene.socket().deliver(live(8, { conversationId: 'c', sentAt: minutesAgo }, at(10)));
    expect(shown.ids()).toEqual(['c', 'a', 'b']);
    scene.socket().deliver(live(9, { conversationId: 'b', sentAt: '2099-01-01T00:00:00Z' }, at(11)));
    scene.socket().deliver(live(10, { conversationId: 'a', sentAt: at(10) }, at(12)));
    expect(shown.ids()).toEqual(['a', 'b', 'c']);
    await scene.pass(1000);
    expect(scene.socket().all('conversations')).toHaveLength(1);
  });

  it('is not moved by what is delivered again, and reads the listing for what comes late and without a time', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8 }));
    const again = (seq: number) => ({ type: 'message', message: message(seq, { conversationId: 'b' }) });
    scene.socket().deliver(live(8, { conversationId: 'b', sentAt: at(50) }, at(50)));
    scene.socket().deliver(again(7));
    await scene.pass(1000);
    expect(shown.ids()).toEqual(['a', 'b']);
    expect(scene.socket().all('conversations')).toHaveLength(1);
    scene.socket().deliver(again(9));
    expect(shown.rows()).toEqual(['a 9', 'b 9 text 9']);
    await scene.pass(1000);
    scene.socket().answer('conversations', listing({ b: 12, a: 9 }));
    expect(shown.rows()).toEqual(['b 12', 'a 9']);
  });

  it('reads the listing again for what came up from below its end, though it did not hold it before', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', { count: 1 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9 }, 'next'));
    scene.socket().deliver(live(5, { conversationId: 'b' }, at(10)));
    await scene.pass(1000);
    // By then others are newer.
    scene.socket().answer('conversations', listing({ c: 11 }, 'next'));
    scene.socket().deliver(live(6, { conversationId: 'b' }, at(12)));
    await scene.pass(1000);
    scene.socket().answer('conversations', listing({ b: 12 }, 'next'));
    expect(shown.ids()).toEqual(['b']);
  });

  it('fills up with what is below when something has left it', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', { count: 2 }, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8 }, 'next'));
    scene.socket().deliver(event(10, { id: 'a', status: 'closed' }, 'closed'));
    scene.socket().deliver(event(11, { id: 'b', status: 'closed' }, 'closed'));
    expect(shown.ids()).toEqual([]);
    await scene.pass(1000);
    expect(scene.socket().all('conversations')).toHaveLength(2);
    scene.socket().answer('conversations', listing({ c: 7, d: 6 }, 'next'));
    expect(shown.ids()).toEqual(['c', 'd']);
  });

  it('is healed by pong, though a later event has come', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    scene.socket().answer('conversations', listing({ a: 9, b: 8, c: 7 }));
    // Of `c` something was lost, at 10.
    scene.socket().deliver(live(10, { conversationId: 'b', sentAt: at(11) }, at(11)));
    scene.client.wake();
    const known: unknown = Object.values(scene.socket().last('ping')?.['inbox'] ?? {})[0];
    scene.socket().answer('ping', pong(known === at(11) ? {} : { 'front-desk': at(11) }));
    expect(scene.socket().all('conversations')).toHaveLength(2);
    scene.socket().answer('conversations', listing({ b: 11, c: 10, a: 9 }));
    expect(shown.ids()).toEqual(['b', 'c', 'a']);
  });

  it('is read twice for what pong tells, because the index may lag, and then no more', async () => {
    const scene = await onlineStage();
    scene.client.conversations('front-desk', {}, () => {});
    scene.socket().answer('conversations', listing({ a: 9 }));
    const beat = async (asked: string): Promise<number> => {
      scene.client.wake();
      expect(scene.socket().last('ping')).toMatchObject({ inbox: { 'front-desk': asked } });
      scene.socket().answer('ping', pong(asked === at(9) ? {} : { 'front-desk': at(9) }));
      const readings = scene.socket().all('conversations').length;
      scene.socket().answer('conversations', listing({ a: 9 }));
      await scene.pass(3000);
      return readings;
    };
    const before = '1970-01-01T00:00:00.000Z';
    // The second beat comes sooner than the index may take.
    expect([await beat(before), await beat(before), await beat(before), await beat(at(9))]).toEqual([
      2, 3, 4, 4,
    ]);
  });

  it('asks about a department once the server has listed it, and no more when it has refused', async () => {
    const scene = await onlineStage();
    const asked = (): string[] => {
      scene.client.wake();
      const ping = scene.socket().last('ping');
      scene.socket().answer('ping', pong({}));
      return Object.keys(ping?.['inbox'] ?? {});
    };
    scene.client.conversations('no id', {}, () => {});
    expect(asked()).toEqual([]);
    scene.socket().answer('conversations', refusal('BAD_REQUEST', 'no'));
    scene.client.conversations('front-desk', {}, () => {});
    expect(asked()).toEqual([]);
    scene.socket().answer('conversations', listing({ a: 9 }));
    expect(asked()).toEqual(['front-desk']);
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
