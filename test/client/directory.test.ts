import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Directory } from '../../client/directory.ts';
import { conversationOnWire } from '../../lambdas/core/conversation.ts';
import { sendMessage } from '../../lambdas/core/send-message.ts';
import type { Conversation } from '../../protocol/model.ts';
import {
  connected,
  conversation as talkIn,
  hotel,
  newHouse,
  notify,
  received,
  send,
  staff,
  upstream,
} from '../support/house.ts';
import { at, conversation, message } from './support/frames.ts';

/** What happens to a conversation, numbered by its place: a message, or a change to this department. */
type Happening = 'message' | 'front-desk' | 'spa';

const nobody = { changed: () => {}, dropped: () => {} };
const ref = { hotelId: hotel, conversationId: 'talk' };
const departments = ['front-desk', 'spa'];

/** The conversation as it is after the first `head` happenings. */
function stateAfter(happenings: readonly Happening[], head: number): Conversation {
  const department = happenings.slice(0, head).findLast((each) => each !== 'message') ?? 'front-desk';
  return conversation(head, { department });
}

function shown(directory: Directory): (Conversation | undefined)[] {
  return departments.map((department) => directory.list(department, 'open')[0]);
}

describe('the directory', () => {
  const happenings = fc.array(fc.constantFrom<Happening[]>('message', 'front-desk', 'spa'), {
    minLength: 1,
    maxLength: 8,
  });
  const order = fc.array(fc.nat({ max: 20 }), { maxLength: 30 });

  it('ends with the truth, in whatever order events and listings come, and however often', () => {
    fc.assert(
      fc.property(happenings, order, (all, arrivals) => {
        const directory = new Directory(10, nobody);
        const tell = (head: number, listed: boolean): void => {
          const state = stateAfter(all, head);
          // The channel's time says nothing about the order.
          if (all[head - 1] === 'message' && !listed)
            directory.hear(message(head, { sentAt: '2099-01-01T00:00:00.000Z' }), state.updatedAt, 1);
          else directory.learn(state, listed ? 0 : 1);
        };
        directory.learn(stateAfter(all, 0), 0);
        for (const arrival of arrivals) tell(1 + (arrival % all.length), arrival > 15);
        for (const seq of all.keys()) tell(seq + 1, false);
        const truth = stateAfter(all, all.length);
        const found = shown(directory).filter((each) => each !== undefined);
        expect(found).toHaveLength(1);
        expect(found[0]).toMatchObject({
          head: truth.head,
          department: truth.department,
          updatedAt: truth.updatedAt,
        });
      }),
    );
  });

  it('never goes back: the head that it shows only grows', () => {
    fc.assert(
      fc.property(happenings, order, (all, arrivals) => {
        let head = 0;
        const directory = new Directory(10, {
          dropped: () => {},
          changed: (before, after) => {
            expect(after.head).toBeGreaterThanOrEqual(head);
            expect(before?.head ?? 0).toBe(head);
            head = after.head;
          },
        });
        for (const arrival of arrivals) {
          const seq = 1 + (arrival % all.length);
          if (arrival > 10) directory.learn(stateAfter(all, seq), 0);
          else directory.hear(message(seq), at(seq), 1);
        }
      }),
    );
  });

  it('says which messages need a listing: of an unknown conversation, after a gap, and without a time', () => {
    const directory = new Directory(10, nobody);
    expect(directory.hear(message(1), at(1), 1)).toBe('unknown');
    directory.learn(conversation(3), 1);
    const heard = [3, 4, 6, 5].map((seq) => directory.hear(message(seq), at(seq), 1));
    expect(heard).toEqual(['old', 'new', 'gap', 'old']);
    expect([6, 7].map((seq) => directory.hear(message(seq), undefined, 1))).toEqual(['old', 'gap']);
    expect(shown(directory)[0]).toMatchObject({ head: 7, updatedAt: at(6) });
  });

  it('forgets what a listing does not show, also when messages told of it since, but not where it belongs', () => {
    const directory = new Directory(10, nobody);
    directory.learn(conversation(1, { status: 'closed' }), 1);
    // The entry between them has reopened it, and was lost.
    expect(directory.hear(message(3), at(3), 100)).toBe('gap');
    expect(directory.hear(message(4), at(4), 101)).toBe('gap');
    directory.forgetUnseen(directory.list('front-desk', 'closed'), new Set(), 50);
    expect(directory.list('front-desk', 'closed')).toEqual([]);
  });

  it('keeps what a listing does not show yet, when events told since where it belongs', () => {
    const directory = new Directory(10, nobody);
    directory.learn(conversation(1), 100);
    expect(directory.hear(message(2), at(2), 101)).toBe('new');
    directory.forgetUnseen(directory.list('front-desk', 'open'), new Set(), 50);
    expect(directory.list('front-desk', 'open')).toHaveLength(1);
  });

  it('takes a message without text for news, and shows its kind instead of the text before', () => {
    const directory = new Directory(10, nobody);
    directory.learn(conversation(1, { preview: 'A photo follows' }), 1);
    directory.hear(message(2, { text: '', attachments: [{ kind: 'image' }] }), at(2), 1);
    expect(shown(directory)[0]).toMatchObject({ head: 2, preview: '', previewKind: 'image' });
    directory.hear(message(3, { text: `${'x'.repeat(119)}😀` }), at(3), 1);
    expect(shown(directory)[0]?.preview).toBe('x'.repeat(119));
  });

  it('shows the preview that the server keeps, whatever guests and staff write, edit and delete', async () => {
    const what = fc.constantFrom('message', 'message', 'edited', 'deleted', 'staff', 'closed');
    const steps = fc.array(fc.tuple(what, fc.nat({ max: 3 }), fc.nat({ max: 4 })), { maxLength: 14 });
    await fc.assert(
      fc.asyncProperty(steps, fc.nat({ max: 14 }), async (all, seenFrom) => {
        const house = newHouse();
        await talkIn(house);
        const ben = await connected(house, { userId: 'ben' });
        const directory = new Directory(10, nobody);
        let seen = conversation(0, { id: 'talk' });
        for (const [index, [kind, target, minute]] of all.entries()) {
          const before = await house.conversations.read(ref);
          if (index === seenFrom && before) seen = conversationOnWire(before);
          const text = `${'x'.repeat(118)}👨‍👩‍👧‍👦 ${index}`;
          const revision = {
            ...ref,
            eventId: `e${index}`,
            messageId: `m${target}`,
            // Without a time, and in another order than they come.
            ...(minute === 0 ? {} : { at: at(minute) }),
          };
          // The same few messages: one may come after what was done to it, and again.
          const id = `m${target}`;
          const attachments = target > 1 ? [{ kind: 'image' }] : [];
          const original = { id, text: target > 2 ? '' : `text of ${id}`, attachments };
          if (kind === 'staff') await sendMessage(house, staff(house), send(`m${index}`, text));
          else if (kind === 'closed') await notify(house, upstream('closed', `e${index}`));
          else if (kind === 'message') await notify(house, { ...received(id), message: original });
          else await notify(house, { ...revision, type: `message.${kind}`, text });
        }
        directory.learn(seen, 1);
        for (const frame of house.gateway.sentTo(ben)) {
          if (frame.type === 'message') directory.hear(frame.message, frame.updatedAt, 1);
          if (frame.type === 'conversation') directory.learn(frame.conversation, 1);
        }
        const kept = await house.conversations.read(ref);
        const [known] = (['open', 'closed'] as const).flatMap((status) =>
          directory.list('front-desk', status),
        );
        const fields = ['preview', 'previewOf', 'previewKind'] as const;
        expect(fields.map((field) => known?.[field] ?? '')).toEqual(
          fields.map((field) => kept?.[field] ?? ''),
        );
      }),
      { numRuns: 150 },
    );
  });
});
