import { describe, expect, it } from 'vitest';
import { history, live, sent, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { jwt, onlineStage, stage, type Stage } from './support/stage.ts';

const minute = 60_000;

/** Keeps answering pings while time passes. */
async function passAlive(scene: Stage, milliseconds: number): Promise<void> {
  for (const socket of scene.sockets) {
    socket.onRequest = (request) => {
      if (request.action === 'ping') socket.reply(request, { type: 'pong', at: '', heads: {}, inbox: {} });
    };
  }
  await scene.pass(milliseconds);
}

describe('a rotation', () => {
  it('comes at a random point between 100 and 115 minutes', async () => {
    for (const [random, due] of [
      [0, 100],
      [0.5, 107.5],
      [0.999_999, 115],
    ] as const) {
      const scene = await onlineStage({ random: () => random });
      await passAlive(scene, due * minute - 1000);
      expect(scene.sockets).toHaveLength(1);
      await passAlive(scene, 1000);
      expect(scene.sockets).toHaveLength(2);
    }
  });

  it('opens the new connection beside the old one, subscribes on it, and shows everything once', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 2));
    await passAlive(scene, 107.5 * minute);
    const [old, fresh] = scene.sockets;
    if (!old || !fresh) throw new Error('did not rotate');
    old.deliver(live(3));
    fresh.open();
    expect([old.state, scene.client.state.status]).toEqual(['open', 'online']);
    expect(fresh.last('subscribe')).toMatchObject({ since: 3 });
    old.deliver(live(4));
    fresh.deliver(live(4));
    fresh.deliver(live(5));
    fresh.answer('subscribe', subscribed(4, 5));
    old.deliver(live(5));
    expect(shown.seqs()).toEqual([1, 2, 3, 4, 5]);
    await passAlive(scene, 29_999);
    expect(old.state).toBe('open');
    await passAlive(scene, 1);
    expect([old.closedBy, fresh.state]).toEqual(['client', 'open']);
    expect(scene.states).toEqual([{ status: 'online' }]);
  });

  it('lets the old connection answer what it was asked, and repeats the rest on the new one', async () => {
    const scene = await onlineStage();
    await passAlive(scene, 107.5 * minute - 1);
    const one = scene.client.sendMessage('c1', 'one');
    const two = scene.client.sendMessage('c2', 'two');
    await scene.pass(1);
    const [old, fresh] = scene.sockets;
    if (!old || !fresh) throw new Error('did not rotate');
    fresh.open();
    expect(fresh.all('sendMessage')).toEqual([]);
    old.deliver({ ...sent(1), id: old.all('sendMessage')[0]?.id });
    await expect(one).resolves.toMatchObject({ seq: 1 });
    await passAlive(scene, 31_000);
    expect(fresh.last('sendMessage')).toMatchObject({ text: 'two', clientMessageId: 'm2' });
    fresh.answer('sendMessage', sent(1, { duplicate: true }));
    await expect(two).resolves.toMatchObject({ seq: 1 });
  });

  it('waits for nothing that was asked on the old connection to keep a conversation complete', async () => {
    const scene = await onlineStage();
    const shown = screen();
    await passAlive(scene, 107.5 * minute - 1);
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.client.subscribe('c2', { since: 0 }, () => {});
    const [old] = scene.sockets;
    old?.deliver({ ...subscribed(1, 1, 3), id: old.all('subscribe')[0]?.id });
    await scene.pass(1);
    scene.socket().open();
    const asked = scene.socket().all('subscribe');
    expect(asked.map(({ conversationId }) => conversationId)).toEqual(['c1', 'c2']);
    for (const first of asked.slice(0, 1)) scene.socket().reply(first, subscribed(2, 2, 3));
    expect(scene.socket().last('history')).toMatchObject({ after: 2 });
    old?.answer('history', history(2, 3));
    expect(shown.seqs()).toEqual([1, 2]);
    scene.socket().answer('history', history(3, 3));
    expect(shown.seqs()).toEqual([1, 2, 3]);
  });

  it('that fails leaves the old connection in service, and is tried again', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    await passAlive(scene, 107.5 * minute);
    scene.sockets[1]?.end();
    scene.sockets[0]?.deliver(live(2));
    expect([scene.client.state.status, shown.seqs()]).toEqual(['online', [1, 2]]);
    await passAlive(scene, 20_000);
    expect(scene.sockets).toHaveLength(3);
    scene.socket().open();
    expect(scene.socket().last('subscribe')).toMatchObject({ since: 2 });
  });

  it('during which the old connection ends goes on with the new one', async () => {
    const scene = await onlineStage();
    await passAlive(scene, 107.5 * minute);
    scene.sockets[0]?.end();
    expect(scene.client.state.status).toBe('connecting');
    scene.socket().open();
    expect([scene.client.state.status, scene.sockets.length]).toEqual(['online', 2]);
  });

  it('whose new connection ends at once comes back, and misses nothing', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    await passAlive(scene, 107.5 * minute);
    scene.socket().open();
    scene.socket().end();
    scene.sockets[0]?.deliver(live(2));
    await passAlive(scene, 1000);
    scene.socket().open();
    scene.socket().answer('subscribe', subscribed(3, 3, 4));
    scene.socket().answer('history', history(4, 4));
    expect(shown.seqs()).toEqual([1, 2, 3, 4]);
  });
});

describe('a token that ends', () => {
  const short = (seconds: number) => {
    let now = 1_700_000_000;
    let n = 0;
    return {
      token: () => Promise.resolve(jwt({ sub: 'ana', iat: now, exp: now + seconds, jti: ++n })),
      later: (by: number) => (now += by),
    };
  };

  it('is replaced a minute before, by the same way', async () => {
    const source = short(3600);
    const scene = await stage({ token: source.token });
    scene.socket().open();
    const first = scene.socket().token;
    source.later(3540);
    await passAlive(scene, 3540_000 - 1);
    expect(scene.sockets).toHaveLength(1);
    await passAlive(scene, 1);
    expect(scene.sockets).toHaveLength(2);
    expect(scene.socket().token).not.toBe(first);
  });

  it('and is short, is replaced after three quarters of its life, and never in a hurry', async () => {
    const source = short(120);
    const scene = await stage({ token: source.token });
    scene.socket().open();
    source.later(90);
    await passAlive(scene, 90_000);
    expect(scene.sockets).toHaveLength(2);
    const hasty = await stage({ token: short(4).token });
    for (let n = 0; n < 60; n++) {
      hasty.socket().open();
      await passAlive(hasty, 1000);
    }
    expect(hasty.sockets).toHaveLength(3);
  });

  it('is good for as long as it lives, even if the clock here is ten minutes wrong', async () => {
    for (const wrong of [-600, 600]) {
      const source = short(300);
      source.later(wrong);
      const scene = await stage({ token: source.token });
      scene.socket().open();
      await passAlive(scene, 200_000);
      expect([wrong, scene.sockets.length]).toEqual([wrong, 1]);
      await passAlive(scene, 40_000);
      expect([wrong, scene.sockets.length]).toEqual([wrong, 2]);
    }
  });
});
