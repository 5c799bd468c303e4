import { describe, expect, it } from 'vitest';
import type { TextStorage } from '../../client/index.ts';
import { refusal, sent, subscribed } from './support/frames.ts';
import { memoryStorage } from './support/memory-storage.ts';
import { screen } from './support/screen.ts';
import { onlineStage, reconnect, stage, type Stage } from './support/stage.ts';

const eve = { hotelId: 'grand', userId: 'eve' };

/** Ana writes, and leaves before it is stored. */
async function leave(storage: TextStorage, text: string, conversationId = 'c1'): Promise<void> {
  const scene = await stage({ storage });
  // What others have left has no answer, and stays.
  scene.socket().open();
  for (const { action } of scene.socket().sent)
    scene.socket().answer(action, refusal('UNAVAILABLE', 'backoff'));
  const lost = scene.client.sendMessage(conversationId, text);
  scene.client.close();
  await expect(lost).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
}

/** A message as the storage holds it. */
const leftBy = (owner: object, text: string, conversationId = 'c1') => ({
  ...owner,
  conversationId,
  clientMessageId: `old-${conversationId}`,
  text,
});

/** What earlier page loads have left. */
function put(storage: TextStorage, ...left: readonly object[]): void {
  storage.setItem('lobbybee.outbox.3 wss://hotel.example/prod', JSON.stringify(left));
}

const texts = (scene: Stage): unknown[] =>
  scene
    .socket()
    .all('sendMessage')
    .map(({ text }) => text);

describe('a storage', () => {
  it('keeps over a reload what was not stored: the next client sends it first, with the same id', async () => {
    const storage = memoryStorage();
    const before = await onlineStage({ storage });
    const lost = [before.client.sendMessage('c1', 'one'), before.client.sendMessage('c1', 'two')];
    before.client.close();
    await Promise.allSettled(lost);

    const after = await stage({ storage });
    const third = after.client.sendMessage('c1', 'three');
    after.socket().open();
    const answered: unknown[] = [];
    for (let seq = 1; seq <= 3; seq++) {
      answered.push(after.socket().last('sendMessage')?.['text']);
      after.socket().answer('sendMessage', sent(seq));
    }
    expect(answered).toEqual(['one', 'two', 'three']);
    expect(after.socket().all('sendMessage')[0]).toMatchObject({ clientMessageId: 'm1' });
    await expect(third).resolves.toMatchObject({ seq: 3 });
    expect(storage.items.size).toBe(0);
  });

  it('shows what an earlier page load wrote, when it is stored', async () => {
    const storage = memoryStorage();
    const before = await onlineStage({ storage });
    const lost = before.client.sendMessage('c1', 'one');
    before.client.close();
    await expect(lost).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    const after = await stage({ storage });
    const shown = screen();
    after.client.subscribe('c1', { since: 0 }, shown.listener);
    after.socket().open();
    after.socket().answer('subscribe', subscribed(1, 0));
    after.socket().answer('sendMessage', sent(1));
    expect(shown.messages).toMatchObject([{ seq: 1, text: 'one', sender: { id: 'ana' } }]);
  });

  it('tells when such a message is refused, since nobody waits for its promise', async () => {
    const storage = memoryStorage();
    const before = await onlineStage({ storage });
    const lost = before.client.sendMessage('c1', 'one');
    before.client.close();
    await expect(lost).rejects.toThrow();
    const after = await onlineStage({ storage });
    after.socket().answer('sendMessage', refusal('CLOSED', 'no'));
    expect(after.notices).toMatchObject([
      { kind: 'notSent', message: { text: 'one' }, error: { code: 'CLOSED' } },
    ]);
  });

  it('never gives one user’s messages to another, nor those of one hotel to another', async () => {
    const storage = memoryStorage();
    await leave(storage, 'of Ana at the Grand');
    for (const you of [eve, { hotelId: 'plaza', userId: 'ana' }]) {
      const other = await stage({ storage, you: () => you });
      other.socket().open();
      expect(other.socket().last('sendMessage')).toMatchObject({ as: { hotelId: 'grand', userId: 'ana' } });
      expect(other.client.pending).toEqual([]);
      other.socket().answer('sendMessage', refusal('OTHER_USER', 'no'));
      await reconnect(other);
      expect(texts(other)).toEqual([]);
      expect([other.notices, other.client.pending]).toEqual([[], []]);
      other.client.close();
    }
    const again = await onlineStage({ storage });
    expect(texts(again)).toEqual(['of Ana at the Grand']);
    again.socket().answer('sendMessage', sent(1));
    expect(storage.items.size).toBe(0);
  });

  it('never gives one service’s messages to another, though hotel and user have the same ids there', async () => {
    const storage = memoryStorage();
    await leave(storage, 'for production');
    const staging = { storage, url: 'wss://hotel.example/staging' };
    const other = await onlineStage(staging);
    await reconnect(other);
    expect(texts(other)).toEqual([]);
    expect(other.client.pending).toEqual([]);
    const lost = other.client.sendMessage('c1', 'for staging');
    other.client.close();
    await expect(lost).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    for (const [options, text] of [
      [{ storage }, 'for production'],
      [staging, 'for staging'],
    ] as const) {
      const own = await onlineStage(options);
      expect(texts(own)).toEqual([text]);
      own.socket().answer('sendMessage', sent(1));
      own.client.close();
    }
    expect(storage.items.size).toBe(0);
  });

  it('lets what was left leave with the first connection, before it is known who the client is', async () => {
    const storage = memoryStorage();
    await leave(storage, 'one', 'c1');
    await leave(storage, 'two', 'c2');
    const scene = await stage({ storage });
    scene.socket().open();
    expect(scene.socket().sent.map(({ text, as, who }) => [text, as, who])).toEqual([
      ['one', { hotelId: 'grand', userId: 'ana' }, true],
      ['two', { hotelId: 'grand', userId: 'ana' }, true],
    ]);
    expect(scene.client.pending).toEqual([]);
    scene.socket().answer('sendMessage', sent(1));
    expect(scene.client.pending).toMatchObject([{ text: 'one' }]);
  });

  it('holds up nobody with what another user left, and keeps that beside own messages', async () => {
    const storage = memoryStorage();
    await leave(storage, 'of Ana');
    const scene = await stage({ storage, you: () => eve });
    const sending = scene.client.sendMessage('c1', 'of Eve');
    scene.socket().open();
    expect(texts(scene)).toEqual(['of Ana']);
    scene.socket().answer('sendMessage', refusal('OTHER_USER', 'no'));
    expect(texts(scene)).toEqual(['of Ana', 'of Eve']);
    expect([...storage.items.values()].join('')).toMatch(/of Ana.*of Eve/);
    scene.socket().answer('sendMessage', sent(1));
    await expect(sending).resolves.toMatchObject({ sender: { id: 'eve' } });
    expect([...storage.items.values()].join('')).toContain('of Ana');
    expect([...storage.items.values()].join('')).not.toContain('of Eve');
  });

  it('gets what was written offline once it is known whose that is, and not before', async () => {
    const storage = memoryStorage();
    const scene = await stage({ storage, introduces: false });
    const sending = scene.client.sendMessage('c1', 'hello');
    scene.socket().open();
    expect(texts(scene)).toEqual([]);
    expect([...storage.items.values()].join('')).not.toContain('hello');
    expect(scene.client.pending).toMatchObject([{ text: 'hello' }]);
    scene.socket().answer('ping', refusal('UNAVAILABLE', 'backoff'));
    expect(scene.socket().last('sendMessage')).toMatchObject({ as: { hotelId: 'grand', userId: 'ana' } });
    expect([...storage.items.values()].join('')).toContain('hello');
    scene.socket().answer('sendMessage', sent(1));
    await expect(sending).resolves.toMatchObject({ seq: 1 });
  });

  it('stores a message once whose answer was lost when the tokens become another user’s', async () => {
    const storage = memoryStorage();
    let you: object = { hotelId: 'grand', userId: 'ana' };
    const scene = await onlineStage({ storage, you: () => you });
    const sending = scene.client.sendMessage('c1', 'hello');
    you = eve;
    await reconnect(scene);
    expect(scene.socket().last('sendMessage')).toMatchObject({ as: { hotelId: 'grand', userId: 'ana' } });
    scene.socket().answer('sendMessage', refusal('OTHER_USER', 'no'));
    expect(scene.client.state).toEqual({ status: 'closed', reason: 'otherUser' });
    await expect(sending).rejects.toMatchObject({ code: 'CLIENT_CLOSED' });
    expect([...storage.items.values()].join('')).toContain('hello');
  });

  it('keeps what was left when the client is closed, and does not call it refused', async () => {
    const storage = memoryStorage();
    await leave(storage, 'one');
    const scene = await onlineStage({ storage });
    scene.client.close();
    expect(scene.notices).toEqual([]);
    expect([...storage.items.values()].join('')).toContain('one');
  });

  it('is taken so much of, the newest, whoever left it, and the rest is told', async () => {
    const storage = memoryStorage();
    const left = ['one', 'two', 'three', 'four', 'five'].map((text, n) => ({
      hotelId: 'grand',
      userId: n < 2 ? 'eve' : 'ana',
      conversationId: `c${n}`,
      clientMessageId: `old-${n}`,
      text,
    }));
    storage.setItem('lobbybee.outbox.3 wss://hotel.example/prod', JSON.stringify(left));
    const scene = await onlineStage({ storage, maxQueued: 2 });
    expect(texts(scene)).toEqual(['two', 'three', 'four', 'five']);
    expect(scene.notices).toEqual([{ kind: 'dropped', what: 'outbox', id: 'c0' }]);
    expect([...storage.items.values()].join('')).not.toContain('one');
  });

  it('delays no own message with what others left, once it is known who is connected', async () => {
    const storage = memoryStorage();
    put(storage, ...Array.from({ length: 200 }, (_, n) => leftBy(eve, `of Eve ${n}`, `c${n}`)));
    const scene = await stage({ storage });
    const sending = scene.client.sendMessage('c1', 'of Ana');
    scene.socket().open();
    const [first] = scene.socket().sent;
    if (!first) throw new Error('nothing was asked');
    scene.socket().reply(first, refusal('OTHER_USER', 'no'));
    await scene.pass(100);
    expect(texts(scene).at(-1)).toBe('of Ana');
    scene.socket().answer('sendMessage', sent(1));
    await expect(sending).resolves.toMatchObject({ seq: 1 });
    await scene.pass(10_000);
    expect(texts(scene)).toHaveLength(51);
    expect([...storage.items.values()].join('').match(/of Eve/g)).toHaveLength(200);
  });

  it('shows nobody what another left that no frame takes, and keeps it; its owner is told', async () => {
    const storage = memoryStorage();
    // Six bytes each, as JSON writes them.
    const text = '\u0001'.repeat(4096);
    put(storage, leftBy(eve, text));
    for (const you of [undefined, { hotelId: 'plaza', userId: 'eve' }]) {
      const other = await stage({ storage, ...(you ? { you: () => you } : {}) });
      other.socket().open();
      await reconnect(other);
      expect([other.notices, other.client.pending]).toEqual([[], []]);
      other.client.close();
      expect(storage.items.size).toBe(1);
    }
    const own = await onlineStage({ storage, you: () => eve });
    expect(own.notices).toMatchObject([{ kind: 'notSent', message: { text }, error: { code: 'TOO_LARGE' } }]);
    expect(storage.items.size).toBe(0);
  });

  it('that names an owner whom no service names so is not read', async () => {
    const storage = memoryStorage();
    const odd = ['', 'x'.repeat(161), 'two words', '#'].flatMap((id) => [
      leftBy({ hotelId: 'grand', userId: id }, 'odd'),
      leftBy({ hotelId: id, userId: 'ana' }, 'odd'),
    ]);
    put(storage, ...odd, leftBy({ hotelId: 'grand', userId: 'a'.repeat(160) }, 'even'));
    const scene = await onlineStage({ storage });
    expect(texts(scene)).toEqual(['even']);
    expect([...storage.items.values()].join('')).not.toContain('odd');
  });

  it('that throws, or holds nonsense, stops nothing', async () => {
    const failure = new Error('quota exceeded');
    const refuse = (): never => {
      throw failure;
    };
    const full = await onlineStage({ storage: { getItem: refuse, setItem: refuse, removeItem: refuse } });
    const sending = full.client.sendMessage('c1', 'hello');
    full.socket().answer('sendMessage', sent(1));
    await expect(sending).resolves.toMatchObject({ seq: 1 });
    expect(full.notices).toContainEqual({ kind: 'notStored', error: failure });
    for (const nonsense of [
      '{',
      '7',
      '[{"text":1},null]',
      '[{"conversationId":"c1","clientMessageId":"m","text":"x"}]',
    ]) {
      const odd = await onlineStage({ storage: { ...memoryStorage(), getItem: () => nonsense } });
      expect(odd.socket().sent).toEqual([]);
    }
  });
});
