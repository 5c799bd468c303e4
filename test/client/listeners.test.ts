import { describe, expect, it } from 'vitest';
import type { ConnectionState, Notice } from '../../client/index.ts';
import { board, event, listing } from './support/board.ts';
import { history, refusal, sent, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, reconnect, stage, type Stage } from './support/stage.ts';

/** Often enough to show that something goes round in circles. */
const many = 10;

/** No frame takes this id: what asks about it is refused before it leaves. */
const tooLong = 'x'.repeat(20_000);

describe('a listener of the state', () => {
  it('that takes itself back and listens anew in its own call is called once for each change', async () => {
    const scene = await stage();
    const told: string[] = [];
    const listen = (): void => {
      const stop = scene.client.onState(({ status }) => {
        told.push(status);
        if (told.length >= many) return;
        stop();
        listen();
      });
    };
    listen();
    scene.socket().open();
    scene.socket().end();
    expect(told).toEqual(['online', 'waiting']);
  });

  it('that is given twice is called twice, and once after one of them was taken back', async () => {
    const scene = await stage();
    const told: string[] = [];
    const listener = ({ status }: ConnectionState): void => void told.push(status);
    const stop = scene.client.onState(listener);
    scene.client.onState(listener);
    scene.socket().open();
    expect(told).toEqual(['online', 'online']);
    stop();
    stop();
    scene.socket().end();
    expect(told).toEqual(['online', 'online', 'waiting']);
  });

  it('is not called any more when another one took it back before its turn', async () => {
    const scene = await stage();
    const told: string[] = [];
    scene.client.onState(() => stop());
    const stop = scene.client.onState(({ status }) => told.push(status));
    scene.socket().open();
    expect(told).toEqual([]);
  });

  it('hears last what is true: not of a state that another one has ended before its turn', async () => {
    const scene = await stage();
    const told: string[] = [];
    scene.client.onState(({ status }) => status === 'online' && scene.client.close());
    scene.client.onState(({ status }) => told.push(status));
    scene.socket().open();
    expect(told).toEqual(['closed']);
  });

  it('that subscribes as soon as the client is online asks once, and for one thing at a time', async () => {
    const scene = await onlineStage();
    const shown = screen();
    let leave = scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    scene.client.onState(({ status }) => {
      if (status !== 'online') return;
      leave();
      leave = scene.client.subscribe('c1', { since: 1 }, shown.listener);
      scene.client.conversations('front-desk', {}, () => {});
    });
    const socket = await reconnect(scene);
    expect(socket.sent.map(({ action }) => action)).toEqual(['subscribe', 'conversations']);
    socket.answer('subscribe', subscribed(2, 2));
    socket.answer('subscribe', subscribed(2, 2));
    expect(shown.seqs()).toEqual([1, 2]);
    expect(socket.all('unsubscribe')).toEqual([]);
  });
});

describe('a listener of a list', () => {
  it('may close other lists, which hear nothing more, and open new ones', async () => {
    const scene = await onlineStage();
    const second = board();
    const third = board();
    scene.client.conversations('front-desk', {}, ({ type }) => {
      if (type !== 'list' || --quiet > 0) return;
      list.close();
      scene.client.conversations('front-desk', {}, third.listener);
    });
    scene.socket().answer('conversations', listing({ a: 9 }));
    const list = scene.client.conversations('front-desk', {}, second.listener);
    let quiet = 1;
    scene.socket().answer('conversations', listing({ a: 9 }));
    const before = second.events.length;
    scene.socket().deliver(event(10, { id: 'b' }, 'created'));
    expect(second.events).toHaveLength(before);
    scene.socket().answer('conversations', listing({ b: 10, a: 9 }));
    expect(third.ids()).toEqual(['b', 'a']);
  });

  it('may close its own, and leaves no timer', async () => {
    const scene = await onlineStage();
    const list = scene.client.conversations('front-desk', { count: 1 }, (told) => {
      if (told.type === 'list' && told.conversations.length === 0) list.close();
    });
    scene.socket().answer('conversations', listing({ a: 9 }, 'more'));
    const before = scene.clock.pending();
    scene.socket().deliver(event(10, { id: 'a', status: 'closed' }));
    // The routine reading was awaited, and is not any more.
    expect(scene.clock.pending()).toBe(before - 1);
  });

  it('may open another when its own is refused unasked: that one is asked for once', async () => {
    const scene = await stage();
    scene.client.conversations(tooLong, {}, ({ type }) => {
      if (type === 'ended') scene.client.conversations('front-desk', {}, () => {});
    });
    scene.socket().open();
    expect(scene.socket().sent).toMatchObject([{ action: 'conversations', department: 'front-desk' }]);
  });
});

describe('a listener of a subscription', () => {
  it('may subscribe to another when its own is refused unasked: that one is asked for once', async () => {
    const scene = await stage();
    scene.client.subscribe(tooLong, {}, ({ type }) => {
      if (type === 'ended') scene.client.subscribe('c2', {}, () => {});
    });
    scene.socket().open();
    expect(scene.socket().sent).toMatchObject([{ action: 'subscribe', conversationId: 'c2' }]);
  });

  it('may close the client when a message is dropped, and no timer is left', async () => {
    const scene = await onlineStage({
      maxEarly: 1,
      onNotice: ({ kind }) => kind === 'dropped' && scene.client.close(),
    });
    scene.client.subscribe('c1', { since: 0 }, () => {});
    scene.socket().answer('subscribe', subscribed(1, 0, 9));
    scene.socket().answer('history', history(9, 9));
    expect(scene.clock.pending()).toBe(0);
  });
});

describe('a listener of notices', () => {
  const failure = new Error('quota exceeded');
  const full = {
    getItem: () => null,
    setItem: (): never => {
      throw failure;
    },
    removeItem() {},
  };
  const texts = (scene: Stage): unknown[] =>
    scene
      .socket()
      .all('sendMessage')
      .map(({ text }) => text);

  /** Two messages wait for it to be known whose they are; the storage fails as soon as it is. */
  async function waiting(noticed: (notice: Notice, scene: Stage) => void) {
    const scene = await stage({
      storage: full,
      introduces: false,
      onNotice: (notice) => noticed(notice, scene),
    });
    scene.socket().open();
    const sending = ['one', 'two'].map((text) => scene.client.sendMessage('c1', text));
    return { scene, sending };
  }

  it('may send a message: it is stored after those that were given before', async () => {
    let told = 0;
    let third: Promise<unknown> | undefined;
    const { scene, sending } = await waiting(({ kind }, { client }) => {
      if (kind !== 'notStored' || told++ > 0) return;
      third = client.sendMessage('c1', 'three');
    });
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    for (let seq = 1; seq <= 3; seq++) scene.socket().answer('sendMessage', sent(seq));
    expect(texts(scene)).toEqual(['one', 'two', 'three']);
    await expect(Promise.all([...sending, third])).resolves.toMatchObject([
      { text: 'one' },
      { text: 'two' },
      { text: 'three' },
    ]);
  });

  it('may close the client: every promise is answered', async () => {
    const { scene, sending } = await waiting(
      ({ kind }, { client }) => kind === 'notStored' && client.close(),
    );
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    expect(scene.client.pending).toEqual([]);
    await expect(Promise.allSettled(sending)).resolves.toMatchObject([
      { reason: { code: 'CLIENT_CLOSED' } },
      { reason: { code: 'CLIENT_CLOSED' } },
    ]);
  });
});
