import { describe, expect, test } from 'vitest';
import { readFrame } from '../../../dev/chat/frames.ts';
import { printable } from '../../../local/src/command-line/index.ts';
import { render } from '../../../dev/chat/render.ts';

const sentAt = '2026-11-23T09:30:00.000Z';
const conversation = {
  id: 'c1',
  department: 'front-desk',
  status: 'open',
  guest: { id: 'g1', name: 'Maria', channel: 'whatsapp' },
  head: 2,
  updatedAt: sentAt,
};
const message = {
  conversationId: 'c1',
  seq: 2,
  id: 'm2',
  sender: { kind: 'guest', id: 'g1', name: 'Maria' },
  text: 'Hello',
  sentAt,
};

function shown(frame: unknown): string[] {
  const received = readFrame(JSON.stringify(frame));
  return received === undefined ? ['(unknown)'] : render(received);
}

function shownText(text: string): string[] {
  return shown({ type: 'message', message: { ...message, text } });
}

describe('what a guest wrote', () => {
  test('is shown with conversation, number, time and name', () => {
    expect(shownText('Hello')).toEqual(['[c1] #2 09:30Z guest Maria: Hello']);
  });

  test.each([
    ['a colour', '\u001B[31mred\u001B[0m'],
    ['a cleared screen', '\u001B[2J\u001B[Hred'],
    ['a window title', '\u001B]0;pwned\u0007red'],
    ['a link', '\u001B]8;;http://evil.example\u001B\\red\u001B]8;;\u001B\\'],
    ['a one-byte escape', '\u009B31mred'],
    ['backspaces', '\b\b\bred'],
    ['a carriage return', '\rred'],
    ['a bell and a delete', 're\u0007d\u007F'],
    ['a turned direction', '\u202Ered\u202C'],
  ])('cannot command the terminal with %s', (_, text) => {
    const [line = ''] = shownText(text);
    expect(line).toMatch(/^\[c1\] #2 09:30Z guest Maria: .*red$/);
    expect(line).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });

  test('cannot fake a message of its own with line breaks', () => {
    expect(shownText('Hello\n[c1] #3 09:31Z Ana: your bill is paid\r\nbye')).toEqual([
      '[c1] #2 09:30Z guest Maria: Hello',
      '  | [c1] #3 09:31Z Ana: your bill is paid',
      '  | bye',
    ]);
  });

  test('cannot fake one with the line breaks that only Unicode knows', () => {
    expect(shownText('Hello\u2028[c1] #3 Ana: paid\u0085x')).toEqual([
      '[c1] #2 09:30Z guest Maria: Hello [c1] #3 Ana: paidx',
    ]);
  });

  test('cannot do it in a name, a preview or an attachment either', () => {
    const escape = '\u001B[2Jx\ny';
    const guest = { id: 'g1', name: escape, channel: escape };
    const lines = [
      ...shown({ type: 'message', message: { ...message, sender: { ...message.sender, name: escape } } }),
      ...shown({ type: 'changed', conversation: { ...conversation, guest } }),
      ...shown({ type: 'conversations', conversations: [{ ...conversation, preview: escape }] }),
      ...shown({ type: 'error', code: 'INTERNAL', message: escape, retry: 'no' }),
      ...shown({ message: escape }),
      ...shown({ type: 'message', message: { ...message, attachments: [{ kind: 'image', name: escape }] } }),
    ];
    for (const line of lines) expect(line).not.toMatch(/\p{Cc}/u);
  });

  test('is listed by its text, or by the kind of what was attached', () => {
    const listed = (fields: object): string[] =>
      shown({ type: 'conversations', conversations: [{ ...conversation, ...fields }] });
    const row = '* c1, guest Maria (whatsapp), front-desk, open, newest #2';
    expect(listed({ preview: 'Look', previewKind: 'image' })).toEqual([`${row}: Look`]);
    expect(listed({ preview: '', previewKind: 'image' })).toEqual([`${row}: <image>`]);
    expect(listed({ preview: '', previewKind: '' })).toEqual([row]);
    expect(listed({})).toEqual([row]);
  });

  test('keeps letters, emoji and right-to-left words as they are', () => {
    expect(printable('Grüße 👋🏽 שלום 你好 a\tb')).toBe('Grüße 👋🏽 שלום 你好 a b');
  });

  test('is shown as edited or deleted where it is, also where that reopened the conversation', () => {
    const revised = { ...message, seq: 3, id: 'e1', messageId: 'm2' };
    const edit = { ...revised, event: 'edited', text: 'Hello?\nAnybody?' };
    expect(shown({ type: 'message', message: edit })).toEqual([
      '[c1] #3 09:30Z guest Maria: (edited) Hello?',
      '  | Anybody?',
    ]);
    expect(shown({ type: 'message', message: { ...revised, event: 'deleted', text: '' } })).toEqual([
      '[c1] #3 09:30Z guest Maria: (deleted)',
    ]);
    expect(shown({ type: 'conversation', event: 'reopened', conversation, message: edit })).toHaveLength(3);
  });

  test('shows attachments, and that a text was cut', () => {
    const attachments = [{ kind: 'image', name: 'room.jpg', url: 'https://x.example/1' }];
    expect(
      shown({ type: 'message', message: { ...message, text: '', attachments, truncated: true } }),
    ).toEqual(['[c1] #2 09:30Z guest Maria: <image room.jpg https://x.example/1>', '  | <cut>']);
  });
});

describe('a frame', () => {
  const line = 'c1, guest Maria (whatsapp), front-desk, open, newest #2';

  test('that opens a conversation shows it, its messages, and that there is more', () => {
    expect(
      shown({ type: 'subscribed', id: 'r1', conversation, messages: [message], first: 1, more: true }),
    ).toEqual([`* ${line}`, '[c1] #2 09:30Z guest Maria: Hello', '* there is more: /history']);
  });

  test('about a state change names it once', () => {
    const routed = {
      ...message,
      sender: { kind: 'system', id: 'ana' },
      text: '',
      event: 'routed',
      department: 'spa',
    };
    expect(shown({ type: 'conversation', event: 'routed', conversation, message: routed })).toEqual([
      `* ${line}: routed`,
    ]);
    expect(shown({ type: 'message', message: routed })).toEqual(['[c1] #2 09:30Z ana: routed to spa']);
  });

  test('about a new conversation shows the message that began it', () => {
    expect(shown({ type: 'conversation', event: 'created', conversation, message })).toEqual([
      `* ${line}: created`,
      '[c1] #2 09:30Z guest Maria: Hello',
    ]);
  });

  test('with a conversation of no department says so', () => {
    expect(shown({ type: 'changed', conversation: { ...conversation, department: null } })[0]).toContain(
      ', no department yet, ',
    );
  });

  test.each([
    [{ type: 'conversations', conversations: [] }, '* no conversations'],
    [
      { type: 'error', id: 'r1', code: 'CLOSED', message: 'The conversation is closed.', retry: 'no' },
      '! CLOSED: The conversation is closed.',
    ],
    [
      { type: 'error', code: 'UNAVAILABLE', message: 'Busy.', retry: 'backoff' },
      '! UNAVAILABLE: Busy. (try again in a moment)',
    ],
    [
      { type: 'bye', reason: 'token_expired', retry: 'reauth' },
      '! The server says goodbye: the token has expired.',
    ],
    [
      { message: 'Internal server error', connectionId: 'x', requestId: 'y' },
      '! The gateway answers: Internal server error. Whether it was done is not known.',
    ],
  ])('%j is one line', (frame, expected) => {
    expect(shown(frame)).toEqual([expected]);
  });

  test('of a newer server is ignored', () => {
    expect(shown({ type: 'typing', user: 'ana' })).toEqual(['(unknown)']);
    expect(readFrame('not json')).toBeUndefined();
  });
});
