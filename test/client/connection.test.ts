import { describe, expect, it } from 'vitest';
import { live, refusal, sent, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, reconnect, stage } from './support/stage.ts';

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

  it('that are always answered with a fault are told of, ever more rarely, until one is answered well', async () => {
    const scene = await onlineStage({ introduces: false });
    const sending = scene.client.sendMessage('c1', 'hello');
    const fault = { message: 'Internal server error', connectionId: 'x', requestId: 'y' };
    for (let times = 1; times <= 9; times++) {
      scene.socket().deliver(fault);
      await scene.pass(20_000);
    }
    expect(scene.client.state.status).toBe('online');
    expect(scene.notices).toEqual(
      [1, 2, 4, 8].map((times) => ({
        kind: 'faulted',
        action: 'ping',
        times,
        message: 'Internal server error',
        requestId: 'y',
      })),
    );
    scene.socket().answer('ping', { type: 'pong', at: '', heads: {}, inbox: {} });
    scene.notices.splice(0);
    for (let times = 1; times <= 5; times++) {
      scene.socket().answer('sendMessage', refusal('INTERNAL', 'backoff'));
      await scene.pass(20_000);
    }
    await reconnect(scene);
    for (let times = 6; times <= 8; times++) {
      scene.socket().answer('sendMessage', refusal('INTERNAL', 'backoff'));
      await scene.pass(20_000);
    }
    scene.socket().answer('sendMessage', sent(1));
    await sending;
    const again = scene.client.sendMessage('c1', 'again');
    scene.socket().answer('sendMessage', refusal('INTERNAL', 'backoff'));
    expect(scene.notices).toEqual(
      [1, 2, 4, 8, 1].map((times) => ({
        kind: 'faulted',
        action: 'sendMessage',
        times,
        message: 'INTERNAL.',
        requestId: undefined,
      })),
    );
    scene.client.close();
    await Promise.allSettled([again]);
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

  it('with a broken answer are repeated, and that is told', async () => {
    const scene = await onlineStage();
    scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', { type: 'subscribed', messages: 'none' });
    expect(scene.notices).toEqual([{ kind: 'foreignFrame' }]);
    await scene.pass(500);
    expect(scene.socket().all('subscribe')).toHaveLength(2);
  });
});
