import { describe, expect, it } from 'vitest';
import { board, event, listing, pong } from './support/board.ts';
import { at, live, message, refusal } from './support/frames.ts';
import { onlineStage } from './support/stage.ts';

describe('a list of conversations, its order and its holes', () => {
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

  it('is told once by a reading that changed something, and not at all by one that changed nothing', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', {}, shown.listener);
    const read = (time: number, rows: Record<string, number>): void => {
      scene.client.wake();
      scene.socket().answer('ping', pong({ 'front-desk': at(time) }));
      scene.socket().answer('conversations', listing(rows));
    };
    scene.socket().answer('conversations', listing({ a: 9, b: 8, c: 7 }));
    read(20, { a: 9, b: 8, c: 7 });
    expect(shown.events).toHaveLength(1);
    read(30, { c: 12, b: 11, a: 9 });
    expect(shown.ids()).toEqual(['c', 'b', 'a']);
    expect(shown.events).toHaveLength(2);
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

  it('ends in the middle of an instant where the listing does: of one instant, the greater id is first', async () => {
    const scene = await onlineStage();
    const shown = board();
    scene.client.conversations('front-desk', { count: 1 }, shown.listener);
    scene.socket().answer('conversations', listing({ d: 9 }, 'next'));
    for (const id of ['b', 'e']) scene.socket().deliver(event(9, { id }));
    // Between `d` and `b` there may be a `c` that nothing has told of.
    expect(shown.ids()).toEqual(['e', 'd']);
  });
});
