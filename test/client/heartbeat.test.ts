import { describe, expect, it } from 'vitest';
import { conversation, history, refusal, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, type Stage } from './support/stage.ts';

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

  it('does not take a page that was frozen for a dead connection, and still finds one that is', async () => {
    const scene = await onlineStage();
    await scene.pass(300_000);
    scene.clock.freeze(60_000);
    scene.socket().answer('ping', pong());
    await scene.pass(1000);
    expect(scene.client.state.status).toBe('online');
    await scene.pass(299_000);
    expect(scene.socket().all('ping')).toHaveLength(2);
    scene.clock.freeze(60_000);
    await scene.pass(1000);
    expect(scene.client.state.status).toBe('waiting');
    expect(scene.sockets).toHaveLength(1);
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

  it('asks about everything in one beat, each frame within its limits, however much and however long the ids', async () => {
    const { scene, names } = await busyPage(100, { departments: 41, idUnits: 160 });
    await scene.pass(29_999);
    expect(scene.socket().all('ping')).toEqual([]);
    await scene.pass(1);
    expect(sizes(scene)).toEqual([
      [50, 20],
      [50, 20],
      [0, 1],
    ]);
    const asked = scene.socket().all('ping');
    expect(new Set(asked.flatMap(({ heads }) => Object.keys(heads ?? {}))).size).toBe(100);
    expect(new Set(asked.flatMap(({ inbox }) => Object.keys(inbox ?? {})))).toEqual(new Set(names));
    for (const ping of asked) expect(JSON.stringify(ping).length).toBeLessThan(16 * 1024);
  });

  it('finds within one beat what was lost of the 75th conversation', async () => {
    const { scene } = await busyPage(75);
    await scene.pass(30_000);
    expect(sizes(scene)).toEqual([
      [50, 0],
      [25, 0],
    ]);
    answer(scene, 0, pong());
    answer(scene, 1, pong({ c74: 1 }));
    await scene.pass(300);
    expect(scene.socket().last('history')).toMatchObject({ conversationId: 'c74', after: 0 });
  });

  it('beats again half a minute after the last answer, and not while one is awaited', async () => {
    const { scene } = await busyPage(51);
    await scene.pass(30_000);
    answer(scene, 0, pong());
    await scene.pass(10_000);
    scene.client.wake();
    expect(scene.socket().all('ping')).toHaveLength(2);
    answer(scene, 1, refusal('UNAVAILABLE', 'backoff'));
    await scene.pass(29_999);
    expect(scene.socket().all('ping')).toHaveLength(2);
    await scene.pass(1);
    expect(scene.socket().all('ping')).toHaveLength(4);
  });

  it('beats again at once when one of its frames has no answer, and the connection lives', async () => {
    const { scene } = await busyPage(51);
    await scene.pass(30_000);
    answer(scene, 0, pong());
    await scene.pass(15_000);
    expect([scene.client.state.status, scene.socket().all('ping').length]).toEqual(['online', 4]);
  });

  it('takes the connection for dead when none of its frames has an answer', async () => {
    const { scene } = await busyPage(100);
    await scene.pass(45_000);
    expect(scene.client.state.status).toBe('waiting');
    expect(scene.socket().all('ping')).toHaveLength(2);
  });
});

/** A page with much on it, in which nothing has happened yet and everything has been answered. Returns its departments. */
async function busyPage(
  conversations: number,
  { departments = 0, idUnits = 1 } = {},
): Promise<{ scene: Stage; names: string[] }> {
  const scene = await onlineStage({ frameBurst: 300 });
  const socket = scene.socket();
  socket.onRequest = ({ id, action, conversationId }) => {
    if (action === 'subscribe') {
      const named = { id: String(conversationId) };
      socket.deliver({ ...subscribed(1, 0), conversation: conversation(0, named), id });
    }
    if (action === 'conversations') socket.deliver({ type: 'conversations', conversations: [], id });
  };
  for (let n = 0; n < conversations; n++) {
    scene.client.subscribe(`c${n}`.padEnd(idUnits, 'c'), { since: 0 }, () => {});
  }
  const names = Array.from({ length: departments }, (_, n) => `d${n}`.padEnd(idUnits, 'd'));
  for (const name of names) scene.client.conversations(name, {}, () => {});
  return { scene, names };
}

/** How many conversations and departments each `ping` has asked about. */
function sizes(scene: Stage): [number, number][] {
  return scene
    .socket()
    .all('ping')
    .map(({ heads, inbox }) => [Object.keys(heads ?? {}).length, Object.keys(inbox ?? {}).length]);
}

/** Answers one `ping` of all, the first being 0. */
function answer(scene: Stage, index: number, reply: object): void {
  scene.socket().deliver({ ...reply, id: scene.socket().all('ping')[index]?.id });
}
