import { describe, expect, it } from 'vitest';
import { conversation, history, refusal, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage } from './support/stage.ts';

const pong = (heads: object = {}, inbox: object = {}) => ({ type: 'pong', at: '', heads, inbox });

describe('the heartbeat', () => {
  it('comes every five minutes, and every half minute while a conversation is subscribed', async () => {
    const scene = await onlineStage();
    await scene.pass(299_999);
    expect(scene.socket().all('ping')).toHaveLength(0);
    await scene.pass(1);
    expect(scene.socket().all('ping')).toHaveLength(1);
    scene.socket().answer('ping', pong());
    const leave = scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', subscribed(1, 2));
    await scene.pass(30_000);
    expect(scene.socket().all('ping')).toHaveLength(2);
    expect(scene.socket().last('ping')).toMatchObject({ heads: { c1: 2 }, inbox: {} });
    scene.socket().answer('ping', pong());
    leave();
    scene.socket().answer('unsubscribe', { type: 'unsubscribed', conversationId: 'c1' });
    await scene.pass(299_999);
    expect(scene.socket().all('ping')).toHaveLength(2);
  });

  it('takes a connection for dead on which nothing at all came, and opens another', async () => {
    const scene = await onlineStage();
    await scene.pass(300_000);
    await scene.pass(14_999);
    expect(scene.client.state.status).toBe('online');
    await scene.pass(1);
    expect(scene.client.state.status).toBe('waiting');
    expect(scene.socket().closedBy).toBe('client');
    await scene.pass(1000);
    expect(scene.sockets).toHaveLength(2);
  });

  it('does not take a slow server for a dead connection', async () => {
    const scene = await onlineStage();
    await scene.pass(300_000);
    scene.socket().deliver({ type: 'presence' });
    await scene.pass(15_000);
    expect([scene.client.state.status, scene.socket().all('ping').length]).toEqual(['online', 2]);
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    await scene.pass(15_000);
    expect(scene.client.state.status).toBe('online');
  });

  it('finds what was missed', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 2));
    await scene.pass(30_000);
    scene.socket().answer('ping', pong({ c1: 4 }));
    await scene.pass(300);
    expect(scene.socket().last('history')).toMatchObject({ after: 2 });
    scene.socket().answer('history', history(3, 4));
    expect(shown.seqs()).toEqual([1, 2, 3, 4]);
  });

  it('finds what was missed since, too: a page that has more says so', async () => {
    const scene = await onlineStage();
    scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', subscribed(1, 2));
    await scene.pass(30_000);
    scene.socket().answer('ping', pong({ c1: 3 }));
    await scene.pass(300);
    scene.socket().answer('history', history(3, 4, { more: true }));
    expect(scene.socket().last('history')).toMatchObject({ after: 4 });
  });

  it('ends what may not be seen any more, once the server has said so to a subscribe', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 2));
    await scene.pass(30_000);
    scene.socket().answer('ping', pong({ c1: null }));
    expect(scene.socket().all('subscribe')).toHaveLength(2);
    scene.socket().answer('subscribe', refusal('NOT_FOUND', 'no'));
    expect(shown.events.at(-1)).toMatchObject({ type: 'ended', code: 'NOT_FOUND' });
  });

  it('finds a log that is shorter than it was, which is a restored backup', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 5));
    await scene.pass(30_000);
    scene.socket().answer('ping', pong({ c1: 3 }));
    expect(scene.socket().last('subscribe')).toMatchObject({ since: 5 });
    scene.socket().answer('subscribe', subscribed(1, 3, 3, { reset: true }));
    expect(shown.seqs()).toEqual([1, 2, 3]);
  });

  it('asks about 50 conversations at a time, and about all of them in turn', async () => {
    const scene = await onlineStage();
    scene.socket().onRequest = (request) => {
      const id = String(request['conversationId']);
      if (request.action === 'subscribe') {
        scene
          .socket()
          .deliver({ ...subscribed(1, 0), conversation: conversation(0, { id }), id: request.id });
      }
      if (request.action === 'ping') scene.socket().deliver({ ...pong(), id: request.id });
    };
    for (let n = 0; n < 70; n++) scene.client.subscribe(`c${n}`, { since: 0 }, () => {});
    await scene.pass(60_000);
    const asked = scene
      .socket()
      .all('ping')
      .map(({ heads }) => Object.keys(heads ?? {}));
    expect(asked.map(({ length }) => length)).toEqual([50, 50]);
    expect(new Set(asked.flat()).size).toBe(70);
  });
});
