import { describe, expect, it } from 'vitest';
import { conversation, live, message, refusal, sent, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { jwt, onlineStage, reconnect, stage } from './support/stage.ts';

const ana = { hotelId: 'grand', userId: 'ana', name: 'Ana' };

describe('who a client is', () => {
  it('is asked in every request until the first reply says so, and in no other frame', async () => {
    const scene = await stage();
    for (const id of ['c1', 'c2']) scene.client.subscribe(id, { since: 0 }, () => {});
    scene.socket().open();
    expect(scene.socket().sent.map(({ action, who }) => [action, who])).toEqual([
      ['subscribe', true],
      ['subscribe', true],
    ]);
    scene.socket().answer('subscribe', subscribed(1, 1));
    scene.client.subscribe('c3', {}, () => {});
    expect(scene.socket().sent.at(-1)).not.toHaveProperty('who');
    await reconnect(scene);
    expect(scene.socket().sent.map(({ who }) => who)).toEqual([true, true, true]);
  });

  it('is asked with a ping where there is nothing else to ask, and again until it is told', async () => {
    const scene = await stage({ introduces: false });
    scene.socket().open();
    expect(scene.socket().sent).toEqual([{ action: 'ping', id: '1', who: true }]);
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    await scene.pass(60_000);
    expect(scene.socket().sent).toHaveLength(1);
    await reconnect(scene);
    scene.socket().deliver({ message: 'Internal server error', connectionId: 'x', requestId: 'y' });
    await scene.pass(500);
    expect(scene.socket().sent.map(({ action, who }) => [action, who])).toEqual([
      ['ping', true],
      ['ping', true],
    ]);
  });

  it('is asked with a ping after a while if nothing that was asked has an answer', async () => {
    const scene = await stage();
    const leave = scene.client.subscribe('c1', {}, () => {});
    scene.socket().open();
    leave();
    const sending = scene.client.sendMessage('c1', 'hello');
    await scene.pass(15_000);
    scene.socket().answer('sendMessage', sent(1));
    await expect(sending).resolves.toMatchObject({ sender: { id: 'ana', name: 'Ana' } });
  });

  it('is not read in the token, whatever that says: own messages have the sender that everyone sees', async () => {
    const claims = {
      sub: 'a-17',
      name: 'other',
      hotel_id: 'plaza',
      display: 'Ana',
      org_id: 'grand',
      role: 'manager',
    };
    const scene = await onlineStage({ token: () => Promise.resolve(jwt(claims)) });
    const sending = scene.client.sendMessage('c1', 'hello');
    expect(scene.socket().last('sendMessage')).toMatchObject({ as: { hotelId: 'grand', userId: 'ana' } });
    scene.socket().answer('sendMessage', sent(1));
    expect((await sending).sender).toEqual({ kind: 'staff', id: 'ana', name: 'Ana' });
  });

  it('has the name of the connection that answers', async () => {
    let name: string | undefined = 'Ana';
    const you = () => ({ hotelId: 'grand', userId: 'ana', ...(name === undefined ? {} : { name }) });
    const scene = await onlineStage({ you });
    name = undefined;
    await reconnect(scene);
    const sending = scene.client.sendMessage('c1', 'hello');
    scene.socket().answer('sendMessage', sent(1));
    expect((await sending).sender).toEqual({ kind: 'staff', id: 'ana' });
  });

  it('that no reply tells is a broken reply: it is told, repeated, and ends nothing', async () => {
    const scene = await stage({ introduces: false, you: () => undefined });
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().open();
    scene.socket().answer('subscribe', subscribed(1, 1));
    for (const you of [null, 'ana', {}, { hotelId: 'grand' }, { ...ana, name: 7 }]) {
      await scene.pass(8000);
      scene.socket().answer('subscribe', subscribed(1, 1, 1, { you }));
    }
    expect(shown.events).toEqual([]);
    expect(scene.notices).toEqual(Array.from({ length: 6 }, () => ({ kind: 'foreignFrame' })));
    await scene.pass(8000);
    scene.socket().answer('subscribe', subscribed(1, 1, 1, { you: ana }));
    expect([scene.client.state.status, shown.seqs()]).toEqual(['online', [1]]);
  });
});

describe('before the first reply of a connection', () => {
  it('its events wait, and are given with the reply, in their order', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    await reconnect(scene);
    scene.socket().deliver(live(2));
    scene.socket().deliver(live(3));
    expect(shown.seqs()).toEqual([1]);
    scene.socket().answer('subscribe', subscribed(2, 2));
    expect(shown.seqs()).toEqual([1, 2, 3]);
  });

  it('so many of them wait, the newest: what is dropped is told, and read from the log', async () => {
    const scene = await onlineStage({ maxEarly: 3 });
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    await reconnect(scene);
    scene
      .socket()
      .deliver({ type: 'conversation', event: 'closed', conversation: conversation(2), message: message(2) });
    for (const seq of [3, 4, 5, 6]) scene.socket().deliver(live(seq));
    expect(scene.notices).toEqual(
      Array.from({ length: 2 }, () => ({ kind: 'dropped', what: 'events', id: 'c1' })),
    );
    scene.socket().answer('subscribe', subscribed(2, 1));
    await scene.pass(300);
    scene
      .socket()
      .answer('history', { type: 'history', messages: [message(2), message(3)], first: 1, more: false });
    scene.socket().answer('history', {
      type: 'history',
      messages: [message(5), message(6)],
      first: 1,
      more: false,
    });
    expect(shown.seqs()).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('nothing is changed on it: it may be another user’s', async () => {
    const scene = await onlineStage({ introduces: false });
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    await reconnect(scene);
    const closing = scene.client.closeConversation('c1');
    expect(scene.socket().all('close')).toEqual([]);
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    scene.socket().answer('close', { type: 'changed', conversation: conversation(2) });
    await expect(closing).resolves.toMatchObject({ id: 'c1' });
  });

  it('a revocation is of whoever that is: a client that knows its user takes another token', async () => {
    const scene = await onlineStage({ introduces: false });
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    await reconnect(scene);
    scene.socket().deliver({ type: 'bye', reason: 'revoked', retry: 'no' });
    expect(scene.client.state.status).toBe('waiting');
    await scene.pass(1000);
    expect(scene.tokensAsked()).toBe(2);
    const first = await stage({ introduces: false });
    first.socket().open();
    first.socket().deliver({ type: 'bye', reason: 'revoked', retry: 'no' });
    expect(first.client.state).toEqual({ status: 'closed', reason: 'revoked' });
  });
});

describe('a connection of another user, or of the same user’s other hotel', () => {
  it.each([
    ['user', { hotelId: 'grand', userId: 'eve' }],
    ['hotel', { hotelId: 'plaza', userId: 'ana' }],
  ])('(%s) ends the client, and nothing of it reaches the app', async (_, other) => {
    let you: object = ana;
    const scene = await onlineStage({ you: () => you });
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    const sending = scene.client.sendMessage('c1', 'hello');
    const asking = scene.client.history('c1');
    you = other;
    await reconnect(scene);
    scene.socket().deliver(live(2));
    const before = shown.events.length;
    scene.socket().answer('subscribe', subscribed(2, 3));
    expect(scene.client.state).toEqual({ status: 'closed', reason: 'otherUser' });
    expect(shown.events).toHaveLength(before);
    await expect(sending).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    await expect(asking).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    expect([scene.clock.pending(), scene.socket().closedBy]).toEqual([0, 'client']);
  });

  it('is found also when the new one replaces a healthy one', async () => {
    let you: object = ana;
    const scene = await onlineStage({ you: () => you, rotateAfterMs: 60_000, rotateBeforeMs: 60_000 });
    you = { hotelId: 'plaza', userId: 'ana' };
    await scene.pass(60_000);
    scene.socket().open();
    expect(scene.client.state).toEqual({ status: 'closed', reason: 'otherUser' });
    expect(scene.sockets.map(({ closedBy }) => closedBy)).toEqual(['client', 'client']);
  });
});
