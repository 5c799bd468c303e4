import { describe, expect, it } from 'vitest';
import { ClientError, connect, type Notice } from '../../client/index.ts';
import { manualClock } from '../../local/test/support/manual-clock.ts';
import { FakeSocket } from './support/fake-socket.ts';
import { refusal, subscribed } from './support/frames.ts';
import { jwt, onlineStage, reconnect, stage, tokenLife } from './support/stage.ts';

const bye = (reason: string, retry: string) => ({ type: 'bye', reason, retry });

describe('connecting', () => {
  it('offers the protocol and the token, and tells the state', async () => {
    const scene = await stage();
    expect(scene.socket().url).toBe('wss://hotel.example/prod');
    expect(scene.socket().protocols[0]).toBe('lobbybee.v1');
    expect(scene.client.state).toEqual({ status: 'connecting' });
    scene.socket().open();
    expect(scene.client.state).toEqual({ status: 'online' });
  });

  it('after a failed handshake asks for a new token, later and later, and never faster than the jitter says', async () => {
    const scene = await stage({ random: () => 0.999 });
    const waits: number[] = [];
    for (let attempt = 0; attempt < 8; attempt++) {
      scene.socket().end();
      const { state } = scene.client;
      if (state.status !== 'waiting') throw new Error(`is ${state.status}`);
      waits.push(Math.round(state.retryAt - scene.clock.now()));
      await scene.pass(state.retryAt - scene.clock.now());
    }
    expect(waits).toEqual([500, 999, 1998, 3996, 7992, 15984, 19980, 19980]);
    expect(scene.tokensAsked()).toBe(9);
    expect(scene.sockets).toHaveLength(9);
  });

  it('spreads over the whole time: the jitter is full', async () => {
    const scene = await stage({ random: () => 0 });
    scene.socket().end();
    expect(scene.client.state).toMatchObject({ status: 'waiting', retryAt: scene.clock.now() });
  });

  it('uses one token for several connections while it is good', async () => {
    const scene = await onlineStage();
    await reconnect(scene);
    await reconnect(scene);
    expect([scene.sockets.length, scene.tokensAsked()]).toEqual([3, 1]);
  });

  it('starts the delays anew after a connection that lived', async () => {
    const scene = await onlineStage({ random: () => 0.999 });
    for (let n = 0; n < 3; n++) {
      scene.socket().end();
      await scene.pass(20_000);
      scene.socket().open();
    }
    scene.socket().end();
    expect(scene.client.state).toMatchObject({ retryAt: scene.clock.now() + 3996 });
    await scene.pass(20_000);
    scene.socket().open();
    await scene.pass(10_000);
    scene.socket().end();
    expect(scene.client.state).toMatchObject({ retryAt: scene.clock.now() + 499.5 });
  });

  it('gives up a handshake that takes too long, and a token that does not come', async () => {
    const scene = await stage();
    await scene.pass(20_000);
    expect(scene.socket().closedBy).toBe('client');
    expect(scene.client.state.status).toBe('waiting');
    const never = await stage({ token: () => new Promise<string>(() => {}) });
    await never.pass(20_000);
    expect(never.client.state.status).toBe('waiting');
    expect(never.notices).toMatchObject([
      { kind: 'noToken', error: { message: 'token: must come in 20000 ms; none came' } },
    ]);
  });

  it('asks a token provider that throws again, and tells', async () => {
    const failure = new Error('offline');
    const scene = await stage({ token: () => Promise.reject(failure) });
    expect(scene.client.state.status).toBe('waiting');
    expect(scene.notices).toEqual([{ kind: 'noToken', error: failure }]);
    await scene.pass(1000);
    expect(scene.tokensAsked()).toBe(2);
  });

  it('tells that it cannot connect, with what can be known, the first time and then more and more seldom', async () => {
    const scene = await stage({ random: () => 0.999 });
    const told = () => scene.notices.filter(({ kind }) => kind === 'notConnected');
    const exp = Math.floor(scene.clock.now() / 1000) + tokenLife;
    scene.socket().end();
    expect(told()).toEqual([
      { kind: 'notConnected', tries: 1, tokenEndsAt: exp * 1000, tokenOver: false, error: undefined },
    ]);
    for (let tries = 2; tries <= 20; tries++) {
      await scene.pass(20_000);
      scene.socket().end();
    }
    expect(told()).toMatchObject([1, 2, 4, 8, 16].map((tries) => ({ tries })));
    await scene.pass(20_000);
    scene.socket().open();
    await reconnect(scene);
    scene.socket().end();
    await scene.pass(20_000);
    scene.socket().end();
    expect(told().at(-1)).toMatchObject({ tries: 1 });
  });

  it('tells when the token that was refused is over by this clock, or has no end that can be read', async () => {
    const tokens = [jwt({ sub: 'ana', iat: 1, exp: 2 }), 'not.readable.token'];
    const scene = await stage({ token: () => Promise.resolve(tokens.shift() ?? '') });
    scene.socket().end();
    await scene.pass(1000);
    scene.socket().end();
    expect(scene.notices).toMatchObject([
      { kind: 'notConnected', tokenEndsAt: 2000, tokenOver: true },
      { kind: 'notConnected', tokenEndsAt: undefined, tokenOver: false },
    ]);
  });

  it('tells of a handshake that takes too long, and of a WebSocket that cannot be made', async () => {
    const scene = await stage();
    await scene.pass(20_000);
    expect(scene.notices).toMatchObject([{ kind: 'notConnected', tries: 1 }]);
    const mixed = new Error('mixed content');
    const notices: Notice[] = [];
    const clock = manualClock();
    class Forbidden extends FakeSocket {
      constructor() {
        super('', []);
        throw mixed;
      }
    }
    const client = connect({
      url: 'ws://hotel.example',
      token: () => Promise.resolve(jwt({ sub: 'ana' })),
      onNotice: (notice) => notices.push(notice),
      platform: { WebSocket: Forbidden, clock, random: () => 0.5 },
    });
    await scene.turn();
    expect(notices).toMatchObject([{ kind: 'notConnected', tries: 1, error: mixed }]);
    client.close();
  });

  it('tries at once when the app says that the network is back', async () => {
    const scene = await stage({ random: () => 0.999 });
    for (let n = 0; n < 5; n++) {
      scene.socket().end();
      scene.client.wake();
      await scene.turn();
    }
    expect(scene.sockets).toHaveLength(6);
  });

  it('says in a sentence what is wrong with its options', () => {
    const token = () => Promise.resolve('');
    class NoSocket {
      send(): void {}
      close(): void {}
      addEventListener(): void {}
    }
    const platform = { WebSocket: NoSocket };
    expect(() => connect({ url: 'https://x', token, platform })).toThrow('url: must be ws:// or wss://');
    expect(() => connect({ url: 'wss://x', token, platform, pingMs: 600_000 })).toThrow('at most 540000');
    for (const maxQueued of [-1, Number.NaN]) {
      expect(() => connect({ url: 'wss://x', token, platform, maxQueued })).toThrow(
        'maxQueued: must be a number that is not negative',
      );
    }
  });
});

describe('bye and reauth', () => {
  it('with reauth opens another connection at once, with a new token', async () => {
    const scene = await onlineStage();
    await scene.pass(15_000);
    scene.socket().deliver(bye('token_expired', 'reauth'));
    await scene.turn();
    expect([scene.sockets.length, scene.tokensAsked()]).toEqual([2, 2]);
    expect(scene.sockets[0]?.closedBy).toBe('client');
  });

  it('a request that is refused with reauth is repeated on the new connection', async () => {
    const scene = await onlineStage();
    await scene.pass(15_000);
    const sending = scene.client.sendMessage('c1', 'hello');
    scene.socket().answer('sendMessage', refusal('TOKEN_EXPIRED', 'reauth'));
    await scene.turn();
    expect(scene.tokensAsked()).toBe(2);
    scene.socket().open();
    expect(scene.socket().last('sendMessage')).toMatchObject({ text: 'hello', clientMessageId: 'm1' });
    scene.client.close();
    await expect(sending).rejects.toBeInstanceOf(ClientError);
  });

  it('a server that never likes the token is not stormed', async () => {
    const scene = await onlineStage({ random: () => 0.999 });
    for (let seconds = 0; seconds < 60; seconds++) {
      scene.socket().open();
      scene.socket().deliver(bye('token_expired', 'reauth'));
      await scene.pass(1000);
    }
    expect(scene.sockets.length).toBeLessThan(10);
  });

  it('with no is the end', async () => {
    const scene = await onlineStage();
    const call = scene.client.history('c1');
    scene.socket().deliver(bye('revoked', 'no'));
    expect(scene.client.state).toEqual({ status: 'closed', reason: 'revoked' });
    await expect(call).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await scene.pass(600_000);
    expect(scene.sockets).toHaveLength(1);
    expect(scene.clock.pending()).toBe(0);
  });

  it('with backoff keeps away for half a minute and more', async () => {
    const scene = await onlineStage();
    scene.socket().deliver(bye('flood', 'backoff'));
    await scene.pass(29_999);
    expect(scene.sockets).toHaveLength(1);
    await scene.pass(20_001);
    expect(scene.sockets).toHaveLength(2);
  });

  it('with backoff leaves an attempt alone that the app asked for meanwhile, and ends it when it hangs', async () => {
    const scene = await onlineStage();
    const stop = scene.client.onState(() => {
      stop();
      scene.client.wake();
    });
    scene.socket().deliver(bye('flood', 'backoff'));
    expect(scene.client.state).toEqual({ status: 'connecting' });
    await scene.pass(0);
    expect(scene.sockets).toHaveLength(2);
    await scene.pass(25_000);
    expect(scene.sockets).toHaveLength(3);
  });
});

describe('close()', () => {
  it('leaves no timer and no socket, whatever was under way', async () => {
    const scene = await onlineStage();
    scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.client.subscribe('c2', { since: 0 }, () => {});
    scene.socket().answer('subscribe', subscribed(1, 1, 9));
    scene.client.conversations('front-desk', {}, () => {});
    const promises = [
      scene.client.sendMessage('c1', 'hello'),
      scene.client.history('c1'),
      scene.client.route('c1', 'spa'),
    ];
    scene.client.close();
    await expect(Promise.allSettled(promises)).resolves.toMatchObject(
      promises.map(() => ({ status: 'rejected', reason: { code: 'CLIENT_CLOSED' } })),
    );
    expect(scene.clock.pending()).toBe(0);
    expect(scene.socket().closedBy).toBe('client');
    await scene.pass(10_000_000);
    expect(scene.sockets).toHaveLength(1);
    expect(() => scene.client.subscribe('c3', {}, () => {})).toThrow('The client was closed.');
  });

  it('works at any moment, also from within a listener', async () => {
    for (const when of ['connecting', 'online', 'waiting'] as const) {
      const scene = await stage();
      scene.client.onState(({ status }) => status === when && scene.client.close());
      scene.client.subscribe('c1', {}, () => {});
      scene.socket().open();
      scene.socket().end();
      await scene.pass(1000);
      if (scene.socket().state === 'connecting') scene.socket().end();
      await scene.pass(20_000);
      expect([when, scene.client.state.status, scene.clock.pending()]).toEqual([when, 'closed', 0]);
    }
    const flooded = await onlineStage();
    const stop = flooded.client.onState(() => {
      stop();
      flooded.client.close();
    });
    flooded.socket().deliver(bye('flood', 'backoff'));
    expect([flooded.client.state.status, flooded.clock.pending()]).toEqual(['closed', 0]);
    const scene = await onlineStage();
    scene.client.subscribe('c1', { since: 0 }, () => scene.client.close());
    scene.socket().answer('subscribe', subscribed(1, 1, 9));
    expect(scene.clock.pending()).toBe(0);
  });

  it('before the token came makes no socket', async () => {
    let give: (token: string) => void = () => {};
    const scene = await stage({ token: () => new Promise((resolve) => (give = resolve)) });
    scene.client.close();
    give(jwt({ sub: 'ana' }));
    await scene.turn();
    expect([scene.sockets.length, scene.clock.pending()]).toEqual([0, 0]);
  });
});
