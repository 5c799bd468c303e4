import { describe, expect, it } from 'vitest';
import { conversation, history, live, message, refusal, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, reconnect, stage } from './support/stage.ts';

describe('a subscription', () => {
  it('without since starts with the newest page and goes on live', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', {}, shown.listener);
    expect(scene.socket().last('subscribe')).toEqual({ action: 'subscribe', id: '2', conversationId: 'c1' });
    scene.socket().answer('subscribe', subscribed(71, 120));
    scene.socket().deliver(live(121));
    expect(shown.seqs()).toEqual([...Array.from({ length: 50 }, (_, n) => n + 71), 121]);
    expect(shown.events.map(({ type }) => type)).toEqual([
      'conversation',
      'messages',
      'caughtUp',
      'messages',
    ]);
  });

  it('with since reads page by page until nothing is missing, and only then says so', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 10 }, shown.listener);
    expect(scene.socket().last('subscribe')).toMatchObject({ since: 10 });
    scene.socket().answer('subscribe', subscribed(11, 60, 170));
    expect(scene.socket().last('history')).toMatchObject({ after: 60, limit: 100 });
    scene.socket().answer('history', history(61, 160, { more: true }));
    expect(shown.of('caughtUp')).toEqual([]);
    scene.socket().answer('history', history(161, 170));
    expect(shown.seqs()).toEqual(Array.from({ length: 160 }, (_, n) => n + 11));
    expect(shown.of('caughtUp')).toEqual([{ type: 'caughtUp', seq: 170 }]);
    expect(scene.socket().all('history')).toHaveLength(2);
  });

  it("tells of a guest's new name, which has no number, and not again of what is known", async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 2));
    const renamed = conversation(2, { guest: { id: 'gil', name: 'Gil G.' } });
    for (let times = 0; times < 2; times++)
      scene.socket().deliver({ type: 'conversation', event: 'updated', conversation: renamed });
    expect(shown.of('conversation').slice(1)).toEqual([{ type: 'conversation', conversation: renamed }]);
    expect(shown.seqs()).toEqual([1, 2]);
  });

  it('holds live frames during the catching up, and drops those that come twice', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().deliver(live(4));
    scene.socket().answer('subscribe', subscribed(1, 2, 3));
    scene.socket().deliver(live(2));
    scene.socket().deliver(live(5));
    expect(shown.seqs()).toEqual([1, 2]);
    scene.socket().answer('history', history(3, 3));
    expect(shown.seqs()).toEqual([1, 2, 3, 4, 5]);
  });

  it('waits a moment for a message that was overtaken, and asks for one that does not come', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    scene.socket().deliver(live(3));
    scene.socket().deliver(live(2));
    await scene.pass(1000);
    expect(scene.socket().all('history')).toEqual([]);
    scene.socket().deliver(live(6));
    await scene.pass(299);
    expect(scene.socket().all('history')).toEqual([]);
    await scene.pass(1);
    expect(scene.socket().last('history')).toMatchObject({ after: 3 });
    scene.socket().answer('history', history(4, 6));
    expect(shown.seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('resumes behind the last message that it gave, on every new connection', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 3));
    for (const newest of [5, 5, 9]) {
      const socket = await reconnect(scene);
      expect(socket.last('subscribe')).toMatchObject({ since: shown.seqs().at(-1) });
      socket.answer('subscribe', subscribed((shown.seqs().at(-1) ?? 0) + 1, newest));
    }
    expect(shown.seqs()).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(shown.of('caughtUp')).toHaveLength(4);
  });

  it('is remembered while there is no connection', async () => {
    const scene = await stage();
    scene.client.subscribe('c1', {}, screen().listener);
    scene.socket().open();
    expect(scene.socket().all('subscribe')).toHaveLength(1);
  });

  it('forgets what it gave when the server has lost it, and says so before the newest page', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 40 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 3, 3, { reset: true }));
    scene.socket().deliver(live(4));
    expect(shown.events.map(({ type }) => type)).toEqual([
      'reset',
      'conversation',
      'messages',
      'caughtUp',
      'messages',
    ]);
    expect(shown.seqs()).toEqual([1, 2, 3, 4]);
    const socket = await reconnect(scene);
    expect(socket.last('subscribe')).toMatchObject({ since: 4 });
  });

  it('says when the next messages are not stored any more', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 2 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(8, 9, 9, { first: 8 }));
    expect(shown.of('trimmed')).toEqual([{ type: 'trimmed', first: 8 }]);
    expect(shown.seqs()).toEqual([8, 9]);
  });

  it('counts the entry of a change of state as a message, and shows the state', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    const closed = {
      type: 'conversation',
      event: 'closed',
      conversation: conversation(2, { status: 'closed' }),
    };
    scene.socket().deliver({ ...closed, message: message(2, { event: 'closed', text: '' }) });
    scene.socket().deliver({ ...closed, message: message(2, { event: 'closed', text: '' }) });
    expect(shown.seqs()).toEqual([1, 2]);
    expect(shown.of('conversation')).toMatchObject([
      { conversation: { status: 'open' } },
      { conversation: { status: 'closed' } },
    ]);
  });

  it('gives entries whose event is newer than this client', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    scene.socket().deliver({
      ...live(2),
      message: { ...message(2), event: 'claimed', sender: { kind: 'robot', id: 'r' } },
    });
    expect(shown.seqs()).toEqual([1, 2]);
  });

  it('that is refused ends with its code, and its siblings go on', async () => {
    const scene = await onlineStage();
    const [shown, sibling] = [screen(), screen()];
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', refusal('NOT_FOUND', 'no'));
    scene.client.subscribe('c2', { since: 0 }, sibling.listener);
    scene.socket().answer('subscribe', { ...subscribed(1, 0), conversation: conversation(0, { id: 'c2' }) });
    scene.socket().deliver(live(1));
    scene.socket().deliver(live(1, { conversationId: 'c2' }));
    expect(shown.events).toEqual([{ type: 'ended', code: 'NOT_FOUND', message: 'NOT_FOUND.' }]);
    expect(sibling.seqs()).toEqual([1]);
    const socket = await reconnect(scene);
    expect(socket.all('subscribe').map(({ conversationId }) => conversationId)).toEqual(['c2']);
  });

  it('ends when the history refuses, and leaves its place', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1, 9));
    scene.socket().answer('history', refusal('NOT_FOUND', 'no'));
    expect(shown.events.at(-1)).toMatchObject({ type: 'ended', code: 'NOT_FOUND' });
    expect(scene.socket().all('unsubscribe')).toHaveLength(1);
  });

  it('is asked for again after a refusal that passes', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', refusal('UNAVAILABLE', 'backoff', { retryAfterMs: 4000 }));
    await scene.pass(3999);
    expect(scene.socket().all('subscribe')).toHaveLength(1);
    await scene.pass(1);
    scene.socket().answer('subscribe', subscribed(1, 2));
    expect(shown.seqs()).toEqual([1, 2]);
  });

  it('asks one thing at a time: what was wanted last is what the server does last', async () => {
    const scene = await onlineStage();
    const [first, second] = [screen(), screen()];
    const leave = scene.client.subscribe('c1', { since: 0 }, first.listener);
    leave();
    scene.client.subscribe('c1', { since: 5 }, second.listener);
    expect(scene.socket().sent.map(({ action }) => action)).toEqual(['subscribe']);
    scene.socket().answer('subscribe', subscribed(1, 6));
    expect(scene.socket().last('subscribe')).toMatchObject({ since: 5 });
    scene.socket().answer('subscribe', subscribed(6, 6));
    expect([first.seqs(), second.seqs()]).toEqual([[], [6]]);
  });

  it('is left on the server after an unsubscribe that came before its answer', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener)();
    expect(scene.socket().all('unsubscribe')).toEqual([]);
    scene.socket().answer('subscribe', subscribed(1, 1));
    expect(scene.socket().all('unsubscribe')).toHaveLength(1);
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    expect(scene.socket().all('subscribe')).toHaveLength(1);
    scene.socket().answer('unsubscribe', { type: 'unsubscribed', conversationId: 'c1' });
    expect(scene.socket().all('subscribe')).toHaveLength(2);
    expect(shown.events).toEqual([]);
  });

  it('may be left, and taken anew, in the middle of what it is told', async () => {
    const scene = await onlineStage();
    const second = screen();
    const told: string[] = [];
    const leave = scene.client.subscribe('c1', { since: 0 }, ({ type }) => {
      told.push(type);
      leave();
      scene.client.subscribe('c1', { since: 1 }, second.listener);
    });
    scene.socket().answer('subscribe', subscribed(1, 3));
    scene.socket().answer('unsubscribe', { type: 'unsubscribed', conversationId: 'c1' });
    scene.socket().answer('subscribe', subscribed(2, 3));
    expect(told).toEqual(['conversation']);
    expect(second.seqs()).toEqual([2, 3]);
  });

  it('cannot be doubled, and there are at most 100', async () => {
    const scene = await onlineStage();
    for (let n = 0; n < 100; n++) scene.client.subscribe(`c${n}`, {}, () => {});
    expect(() => scene.client.subscribe('c7', {}, () => {})).toThrow('c7 is subscribed already');
    expect(() => scene.client.subscribe('one-more', {}, () => {})).toThrow('at most 100');
  });

  it('is not ended by LIMIT: what is left is counted by the server until it knows of that', async () => {
    const scene = await onlineStage({ random: () => 0.99 });
    const leave = scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', subscribed(1, 1));
    leave();
    const shown = screen();
    scene.client.subscribe('c2', { since: 0 }, shown.listener);
    for (let times = 1; times <= 2; times++) {
      scene.socket().answer('subscribe', refusal('LIMIT', 'no'));
      await scene.pass(times * 500);
    }
    expect(shown.events).toEqual([]);
    scene.socket().answer('unsubscribe', { type: 'unsubscribed', conversationId: 'c1' });
    expect(scene.socket().all('subscribe')).toHaveLength(4);
    scene.socket().answer('subscribe', subscribed(1, 2));
    expect(shown.seqs()).toEqual([1, 2]);
  });

  it('that was refused with LIMIT and is not wanted any more is not asked for again', async () => {
    const scene = await onlineStage();
    const leave = scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', refusal('LIMIT', 'no'));
    leave();
    await scene.pass(20_000);
    expect(scene.socket().sent.map(({ action }) => action)).toEqual(['subscribe']);
  });

  it('does not suffer from a listener that throws', async () => {
    const scene = await onlineStage();
    const thrown = new Error('of the app');
    const seqs: number[] = [];
    scene.client.subscribe('c1', { since: 0 }, (event) => {
      if (event.type === 'messages') seqs.push(...event.messages.map(({ seq }) => seq));
      throw thrown;
    });
    scene.socket().answer('subscribe', subscribed(1, 2));
    scene.socket().deliver(live(3));
    expect(seqs).toEqual([1, 2, 3]);
    expect(scene.notices).toContainEqual({ kind: 'listenerThrew', error: thrown });
  });

  it('does not run in circles when the server owes it a message that it does not give', async () => {
    const scene = await onlineStage({ random: () => 0.99 });
    scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', subscribed(1, 1, 2));
    scene.socket().onRequest = (request) => {
      if (request.action === 'history') scene.socket().deliver({ ...history(1, 0), id: request.id });
    };
    scene.socket().answer('history', history(1, 0));
    await scene.pass(60_000);
    expect(scene.socket().all('history').length).toBeLessThan(10);
  });
});
