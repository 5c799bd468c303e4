import { describe, expect, test } from 'vitest';
import { Chat } from '../../../dev/chat/chat.ts';

const sentAt = '2026-11-23T09:30:00.000Z';
const conversation = {
  id: 'c1',
  department: 'front-desk',
  status: 'open',
  guest: { id: 'g1' },
  head: 7,
  updatedAt: sentAt,
};

function message(seq: number) {
  return {
    conversationId: 'c1',
    seq,
    id: `m${seq}`,
    sender: { kind: 'guest', id: 'g1' },
    text: `text ${seq}`,
    sentAt,
  };
}

/** A chat whose server is the test. */
function startChat() {
  const sent: unknown[] = [];
  const shown: string[] = [];
  let ids = 0;
  const chat = new Chat({
    send: (text) => sent.push(JSON.parse(text)),
    show: (line) => shown.push(line),
    newId: () => `id${++ids}`,
    self: 'Ana',
  });
  const answer = (frame: unknown) => chat.receive(JSON.stringify(frame));
  return { chat, sent, shown, answer };
}

async function openedChat() {
  const started = startChat();
  const opening = started.chat.take('/open c1');
  started.answer({
    type: 'subscribed',
    id: 'id1',
    conversation,
    messages: [message(7)],
    first: 1,
    more: true,
  });
  await opening;
  started.sent.length = 0;
  started.shown.length = 0;
  return started;
}

describe('a typed line', () => {
  test('goes to the open conversation and is shown once it is stored, not before', async () => {
    const { chat, sent, shown, answer } = await openedChat();
    const saying = chat.take('Good morning');
    expect(sent).toEqual([
      {
        action: 'sendMessage',
        conversationId: 'c1',
        clientMessageId: 'id2',
        text: 'Good morning',
        id: 'id3',
      },
    ]);
    expect(shown).toEqual([]);
    answer({
      type: 'sent',
      id: 'id3',
      conversationId: 'c1',
      clientMessageId: 'id2',
      seq: 8,
      sentAt,
      duplicate: false,
    });
    expect(await saying).toBe(true);
    expect(shown).toEqual(['[c1] #8 09:30Z Ana: Good morning']);
  });

  test('that is refused is not shown as sent', async () => {
    const { chat, shown, answer } = await openedChat();
    const saying = chat.take('Good morning');
    answer({ type: 'error', id: 'id3', code: 'CLOSED', message: 'The conversation is closed.', retry: 'no' });
    await saying;
    expect(shown).toEqual(['! CLOSED: The conversation is closed.']);
  });

  test('needs an open conversation', async () => {
    const { chat, sent, shown } = startChat();
    await chat.take('Good morning');
    expect(sent).toEqual([]);
    expect(shown).toEqual(['! No conversation is open; /list shows them, /open CONVERSATION opens one.']);
  });

  test('does not wait for ever when the gateway answers for the server', async () => {
    const { chat, shown, answer } = await openedChat();
    const saying = chat.take('Good morning');
    answer({ message: 'Internal server error', connectionId: 'x', requestId: 'y' });
    await saying;
    expect(shown).toEqual([
      '! The gateway answers: Internal server error. Whether it was done is not known.',
    ]);
  });

  test('does not wait for ever when the connection ends', async () => {
    const { chat, shown } = await openedChat();
    const saying = chat.take('Good morning');
    chat.end();
    expect(await saying).toBe(true);
    expect(shown).toEqual([]);
  });

  test('waits for its own answer and not for an event', async () => {
    const { chat, shown, answer } = await openedChat();
    let settled = false;
    const closing = chat.take('/close').then(() => (settled = true));
    answer({ type: 'message', message: message(8) });
    await Promise.resolve();
    expect(settled).toBe(false);
    expect(shown).toEqual(['[c1] #8 09:30Z guest g1: text 8']);
    answer({ type: 'changed', id: 'id2', conversation });
    await closing;
  });
});

describe('commands', () => {
  test.each([
    ['/close', { action: 'close', conversationId: 'c1' }],
    ['/reopen', { action: 'reopen', conversationId: 'c1' }],
    ['/route housekeeping', { action: 'route', conversationId: 'c1', department: 'housekeeping' }],
    ['/history', { action: 'history', conversationId: 'c1', before: 7 }],
    ['/list', { action: 'conversations' }],
    ['/list spa', { action: 'conversations', department: 'spa' }],
    ['/list ?', { action: 'conversations', department: null }],
    ['/open c2', { action: 'subscribe', conversationId: 'c2' }],
    ['  /open   c2  ', { action: 'subscribe', conversationId: 'c2' }],
    ['//shrug', { action: 'sendMessage', conversationId: 'c1', clientMessageId: 'id2', text: '/shrug' }],
  ])('%j asks for %j', async (line, request) => {
    const { chat, sent } = await openedChat();
    const taking = chat.take(line);
    chat.end();
    await taking;
    expect(sent[0]).toMatchObject(request);
  });

  test('history goes further back each time, and says when there is nothing older', async () => {
    const { chat, sent, shown, answer } = await openedChat();
    const first = chat.take('/history');
    answer({
      type: 'history',
      id: 'id2',
      conversationId: 'c1',
      messages: [message(5), message(6)],
      first: 1,
      more: false,
    });
    await first;
    const second = chat.take('/history');
    expect(sent[1]).toMatchObject({ before: 5 });
    answer({ type: 'history', id: 'id3', conversationId: 'c1', messages: [], first: 1, more: false });
    await second;
    expect(shown.at(-1)).toBe('* nothing older');
  });

  test('a conversation that cannot be opened leaves the open one open', async () => {
    const { chat, sent, answer } = await openedChat();
    const opening = chat.take('/open c2');
    answer({ type: 'error', id: 'id2', code: 'NOT_FOUND', message: 'No such conversation.', retry: 'no' });
    await opening;
    const saying = chat.take('still here');
    chat.end();
    await saying;
    expect(sent[1]).toMatchObject({ action: 'sendMessage', conversationId: 'c1' });
  });

  test('quit says so, an empty line does nothing', async () => {
    const { chat, sent, shown } = startChat();
    expect(await chat.take('/quit')).toBe(false);
    expect(await chat.take('  ')).toBe(true);
    expect([sent, shown]).toEqual([[], []]);
  });

  test('a ping is sent without being awaited or shown', async () => {
    const { chat, sent, shown, answer } = startChat();
    chat.ping();
    answer({ type: 'pong', at: sentAt, heads: {}, inbox: {} });
    expect(sent).toEqual([{ action: 'ping' }]);
    expect(shown).toEqual([]);
  });

  test.each([
    ['/shrug', 'There is no command /shrug; /help lists them.'],
    ['/open', '/open needs the id of a conversation.'],
    ['/route', '/route needs the id of a department.'],
    ['/close now', '/close stands alone.'],
    ['/open c1 c2', '/open takes one word at most.'],
    ['/open #1', /^The conversation must be an id: .*\.$/],
    ['a\u0007b', /^The text must be well-formed Unicode without control characters .*\.$/],
    ['x'.repeat(4097), 'The text must have 1 to 4096 characters.'],
  ])('%j is refused with one sentence and sends nothing', async (line, sentence) => {
    const { chat, sent, shown } = await openedChat();
    await chat.take(line);
    expect(sent).toEqual([]);
    expect(shown).toHaveLength(1);
    expect(shown[0]?.slice(2)).toMatch(sentence);
  });
});
