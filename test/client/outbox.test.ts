import { describe, expect, it } from 'vitest';
import { memoryStorage } from './support/memory-storage.ts';
import { live, refusal, sent, subscribed } from './support/frames.ts';
import { screen } from './support/screen.ts';
import { onlineStage, reconnect, stage, type Stage } from './support/stage.ts';

const texts = (scene: Stage): unknown[] =>
  scene
    .socket()
    .all('sendMessage')
    .map(({ text }) => text);

describe('sendMessage', () => {
  it('resolves to the stored message, which is then on the screen, in its place and once', async () => {
    const scene = await onlineStage();
    const shown = screen();
    scene.client.subscribe('c1', { since: 0 }, shown.listener);
    scene.socket().answer('subscribe', subscribed(1, 1));
    const sending = scene.client.sendMessage('c1', 'Yes, until ten.');
    expect(scene.socket().last('sendMessage')).toMatchObject({
      clientMessageId: 'm1',
      text: 'Yes, until ten.',
    });
    scene.socket().answer('sendMessage', sent(3));
    expect(shown.seqs()).toEqual([1]);
    scene.socket().deliver(live(2));
    const stored = await sending;
    expect(stored).toMatchObject({ conversationId: 'c1', seq: 3, id: 'm1', text: 'Yes, until ten.' });
    expect(stored.sender).toEqual({ kind: 'staff', id: 'ana', name: 'Ana' });
    scene.socket().deliver(live(3));
    expect(shown.seqs()).toEqual([1, 2, 3]);
    expect(shown.messages.at(-1)).toEqual(stored);
  });

  it('sends every line end as a newline, and resolves to what it sent, as all others see it', async () => {
    const scene = await onlineStage();
    const sending = scene.client.sendMessage('c1', 'one\r\ntwo\u2028three');
    expect(scene.socket().last('sendMessage')).toMatchObject({ text: 'one\ntwo\nthree' });
    scene.socket().answer('sendMessage', sent(1));
    expect((await sending).text).toBe('one\ntwo\nthree');
  });

  it('keeps what is written offline, and sends it when there is a connection', async () => {
    const scene = await stage();
    const sending = scene.client.sendMessage('c1', 'hello');
    expect(scene.client.pending).toEqual([{ conversationId: 'c1', clientMessageId: 'm1', text: 'hello' }]);
    scene.socket().open();
    scene.socket().answer('sendMessage', sent(1));
    await expect(sending).resolves.toMatchObject({ seq: 1 });
    expect(scene.client.pending).toEqual([]);
  });

  it('repeats with the same id whatever was not answered, until it is', async () => {
    const scene = await onlineStage();
    const sending = scene.client.sendMessage('c1', 'hello');
    await reconnect(scene);
    scene.socket().answer('sendMessage', refusal('UNAVAILABLE', 'backoff'));
    await scene.pass(500);
    scene.socket().answer('sendMessage', refusal('INTERNAL', 'backoff'));
    await scene.pass(1000);
    scene.socket().deliver({ message: 'Endpoint request timed out', connectionId: 'x', requestId: 'y' });
    await scene.pass(2000);
    scene.socket().answer('sendMessage', refusal('UNAVAILABLE', 'now'));
    await scene.pass(4000);
    scene.socket().answer('sendMessage', sent(1, { duplicate: true }));
    await expect(sending).resolves.toMatchObject({ seq: 1, id: 'm1' });
    const ids = scene.sockets.flatMap((socket) =>
      socket.all('sendMessage').map(({ clientMessageId }) => clientMessageId),
    );
    expect(ids).toEqual(['m1', 'm1', 'm1', 'm1', 'm1', 'm1']);
  });

  it('rejects with the code of a refusal that is meant, and goes on with the next', async () => {
    const scene = await onlineStage();
    const [first, second] = [scene.client.sendMessage('c1', 'one'), scene.client.sendMessage('c1', 'two')];
    scene.socket().answer('sendMessage', refusal('CLOSED', 'no'));
    scene.socket().answer('sendMessage', sent(1));
    await expect(first).rejects.toMatchObject({ name: 'ClientError', code: 'CLOSED' });
    await expect(second).resolves.toMatchObject({ text: 'two' });
  });

  it('sends one message at a time to a conversation, so that their order is kept, and does not hold others up', async () => {
    const scene = await onlineStage();
    const sending = ['one', 'two', 'three'].map((text) => scene.client.sendMessage('c1', text));
    const other = scene.client.sendMessage('c2', 'elsewhere');
    expect(texts(scene)).toEqual(['one', 'elsewhere']);
    scene.socket().answer('sendMessage', sent(1));
    await other;
    scene.socket().deliver({ ...sent(1), id: scene.socket().all('sendMessage')[0]?.id });
    expect(texts(scene)).toEqual(['one', 'elsewhere', 'two']);
    scene.socket().answer('sendMessage', refusal('UNAVAILABLE', 'backoff'));
    await scene.pass(300);
    expect(texts(scene)).toEqual(['one', 'elsewhere', 'two', 'two']);
    scene.socket().answer('sendMessage', sent(2));
    scene.socket().answer('sendMessage', sent(3));
    expect((await Promise.all(sending)).map(({ seq, text }) => [seq, text])).toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
  });

  it('refuses loudly when too many wait, and what no server would take', async () => {
    const scene = await stage({ maxQueued: 2 });
    const waiting = [scene.client.sendMessage('c1', 'one'), scene.client.sendMessage('c2', 'two')];
    await expect(scene.client.sendMessage('c1', 'three')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
    await expect(scene.client.sendMessage('c1', ' \n')).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    await expect(scene.client.sendMessage('c1', 'x'.repeat(4097))).rejects.toMatchObject({
      code: 'BAD_REQUEST',
    });
    expect(scene.client.pending).toHaveLength(2);
    scene.client.close();
    await expect(Promise.allSettled(waiting)).resolves.toMatchObject([
      { status: 'rejected' },
      { status: 'rejected' },
    ]);
  });

  it('never sends a frame that would cost the connection', async () => {
    const scene = await onlineStage();
    const sending = scene.client.sendMessage('c'.repeat(20_000), 'hello');
    await expect(sending).rejects.toMatchObject({ code: 'TOO_LARGE' });
    expect(scene.socket().sent).toEqual([]);
  });
});

describe('a message that is given up', () => {
  it('does not leave if it had not left yet', async () => {
    const scene = await onlineStage({ frameBurst: 2 });
    const sending = scene.client.sendMessage('c1', 'one');
    const stuck = scene.client.sendMessage('c2', 'two');
    const next = scene.client.sendMessage('c3', 'three');
    scene.client.discard('m2');
    await expect(stuck).rejects.toMatchObject({ code: 'UNKNOWN' });
    await scene.pass(10_000);
    expect(texts(scene)).toEqual(['one', 'three']);
    scene.client.close();
    await Promise.allSettled([sending, next]);
  });

  it('holds up nobody any more, whatever the server says to it', async () => {
    const scene = await onlineStage();
    const [stuck, next] = [scene.client.sendMessage('c1', 'one'), scene.client.sendMessage('c1', 'two')];
    scene.socket().answer('sendMessage', refusal('INTERNAL', 'backoff'));
    await scene.pass(500);
    scene.socket().answer('sendMessage', refusal('INTERNAL', 'backoff'));
    scene.client.discard('m1');
    await expect(stuck).rejects.toMatchObject({ code: 'UNKNOWN' });
    expect(texts(scene)).toEqual(['one', 'one', 'two']);
    expect(scene.client.pending).toMatchObject([{ text: 'two' }]);
    scene.socket().answer('sendMessage', sent(1));
    await expect(next).resolves.toMatchObject({ text: 'two' });
    await scene.pass(60_000);
    expect(texts(scene)).toEqual(['one', 'one', 'two']);
  });

  it('leaves its answer to nobody: the next one waits for its own', async () => {
    const scene = await onlineStage();
    const [first, next] = [scene.client.sendMessage('c1', 'one'), scene.client.sendMessage('c1', 'two')];
    const [{ id } = { id: '' }] = scene.socket().all('sendMessage');
    scene.client.discard('m1');
    await expect(first).rejects.toMatchObject({ code: 'UNKNOWN' });
    scene.socket().deliver({ ...sent(7), id });
    expect(scene.client.pending).toMatchObject([{ text: 'two' }]);
    scene.socket().answer('sendMessage', sent(8));
    await expect(next).resolves.toMatchObject({ text: 'two', seq: 8 });
  });

  it('is the one that was named: others stay, also in the storage', async () => {
    const storage = memoryStorage();
    const scene = await onlineStage({ storage });
    const waiting = ['one', 'two', 'three'].map((text) => scene.client.sendMessage('c1', text));
    scene.client.discard('m2');
    scene.client.discard('m4');
    await expect(waiting[1]).rejects.toMatchObject({ code: 'UNKNOWN' });
    expect(scene.client.pending).toMatchObject([{ text: 'one' }, { text: 'three' }]);
    expect([...storage.items.values()].join('')).not.toContain('two');
    scene.socket().answer('sendMessage', sent(1));
    scene.socket().answer('sendMessage', sent(2));
    await expect(waiting[2]).resolves.toMatchObject({ text: 'three' });
    expect(storage.items.size).toBe(0);
  });
});
