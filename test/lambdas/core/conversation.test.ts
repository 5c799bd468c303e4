import { expect, it } from 'vitest';
import { messageOnWire, type Entry } from '../../../lambdas/core/conversation.ts';

const ref = { hotelId: 'grand', conversationId: 'talk' };
const entry: Entry = {
  seq: 1,
  id: 'g1',
  sender: { kind: 'guest', id: 'g' },
  text: 'look',
  sentAt: '2026-11-23T09:30:00.000Z',
};

it.each(['javascript:alert(1)', 'data:text/html,x', 'http://a.example/1', 'HTTPS//x'])(
  'shows no link that an earlier version stored as %s',
  (url) => {
    const { attachments } = messageOnWire(ref, { ...entry, attachments: [{ kind: 'image', url, id: 'i' }] });
    expect(attachments).toEqual([{ kind: 'image', id: 'i' }]);
  },
);

it('shows what a guest did to an earlier message, and nothing of how it is kept', () => {
  const shown = messageOnWire(ref, {
    ...entry,
    revision: 'edited',
    messageId: 'g0',
    renamed: true,
    caused: 'reopened',
    previousDepartment: null,
    attachments: [{ kind: 'image', url: 'https://a.example/1' }],
  });
  expect(shown).toEqual({
    conversationId: 'talk',
    ...entry,
    event: 'edited',
    messageId: 'g0',
    attachments: [{ kind: 'image', url: 'https://a.example/1' }],
  });
});
