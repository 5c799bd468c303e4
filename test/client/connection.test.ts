import { describe, expect, it } from 'vitest';
import { live, refusal, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, stage } from './support/stage.ts';

describe('requests', () => {
  it('leave in the pace that the server allows', async () => {
    const scene = await stage();
    for (let n = 0; n < 100; n++) scene.client.subscribe(`c${n}`, {}, () => {});
    scene.socket().open();
    expect(scene.socket().sent).toHaveLength(50);
    await scene.pass(1000);
    expect(scene.socket().sent).toHaveLength(60);
    await scene.pass(4000);
    expect(scene.socket().all('subscribe')).toHaveLength(100);
  });

  it('all wait when one was refused for its rate', async () => {
    const scene = await onlineStage();
    scene.client.subscribe('c1', {}, () => {});
    scene.socket().answer('subscribe', refusal('RATE_LIMITED', 'backoff', { retryAfterMs: 5000 }));
    scene.client.subscribe('c2', {}, () => {});
    await scene.pass(4999);
    expect(scene.socket().sent).toHaveLength(1);
    await scene.pass(1);
    expect(scene.socket().sent).toHaveLength(3);
  });

  it('the oldest is taken for lost when API Gateway reports a fault of its own, and is repeated', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.client.subscribe('c2', { since: 0 }, () => {});
    scene.socket().deliver({ message: 'Internal server error', connectionId: 'x', requestId: 'y' });
    await scene.pass(500);
    expect(
      scene
        .socket()
        .all('subscribe')
        .map(({ conversationId }) => conversationId),
    ).toEqual(['c1', 'c2', 'c1']);
    scene.socket().answer('subscribe', subscribed(1, 1));
    expect(shown.seqs()).toEqual([1]);
  });

  it('without an answer are repeated, and the connection is asked whether it lives', async () => {
    const scene = await onlineStage({ pingMs: 500_000 });
    const call = scene.client.sendMessage('c1', 'hello');
    await scene.pass(30_000);
    expect(scene.socket().last('ping')).toBeDefined();
    scene.socket().answer('ping', { type: 'pong', at: '', heads: {}, inbox: {} });
    await scene.pass(500);
    expect(
      scene
        .socket()
        .all('sendMessage')
        .map(({ clientMessageId }) => clientMessageId),
    ).toEqual(['m1', 'm1']);
    scene.client.close();
    await expect(call).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
  });

  it('ignore frames that are foreign, broken or answers to nothing', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    for (const frame of [
      'not JSON',
      '[]',
      'null',
      { type: 'presence', who: 'ben' },
      { type: 'message' },
      { type: 'message', message: { ...live(2).message, seq: 'two' } },
      { type: '__proto__' },
      { ...subscribed(9, 9), id: 'nobody’s' },
    ]) {
      scene.socket().deliver(frame);
    }
    scene.socket().deliver(live(2));
    expect(shown.seqs()).toEqual([1, 2]);
    expect(scene.client.state.status).toBe('online');
    scene.socket().deliver(live(4));
    await scene.pass(300);
    expect(scene.socket().last('history')).toMatchObject({ after: 2 });
  });

  it('with a broken answer are repeated', async () => {
    const scene = await onlineStage();
    scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', { type: 'subscribed', messages: 'none' });
    await scene.pass(500);
    expect(scene.socket().all('subscribe')).toHaveLength(2);
  });
});
