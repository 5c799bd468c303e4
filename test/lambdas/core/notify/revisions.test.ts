import { describe, expect, it } from 'vitest';
import {
  connected,
  deleted,
  edited,
  hotel,
  houseWith,
  newHouse,
  notify,
  received,
  upstream,
} from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

describe('an edit and a deletion', () => {
  it.each([
    ['a text of seconds', '1781252132', '1781252131'],
    ['a number of seconds', 1_781_252_132, 1_781_252_131],
    ['a number of milliseconds', 1_781_252_132_002, 1_781_252_132_001],
    ['a zone without a colon', '2026-06-12T11:35:32+0000', '2026-06-12T11:35:31+0000'],
  ])('are ordered by the time of the channel where it is %s', async (_, newer, older) => {
    const house = await houseWith('g1');
    await notify(house, edited('g1', 'e1', 'Newer', { at: newer }));
    await notify(house, edited('g1', 'e2', 'Older', { at: older }));
    expect((await house.conversations.read(ref))?.preview).toBe('Newer');
  });

  it('are entries beside the original, told as messages', async () => {
    const house = await houseWith('g1');
    const ana = await connected(house);
    expect(
      await notify(house, edited('g1', 'e1', 'Better', { at: '2026-11-23T10:00:00+01:00' })),
    ).toMatchObject({
      type: 'message.edited',
      seq: 2,
      duplicate: false,
      delivered: 1,
    });
    await notify(house, deleted('g1', 'e2'));
    const sender = { kind: 'guest', id: 'guest-1', name: 'Grace' };
    expect(house.gateway.sentTo(ana)).toEqual([
      {
        type: 'message',
        message: {
          conversationId: 'talk',
          seq: 2,
          id: 'e1',
          sender,
          text: 'Better',
          sentAt: '2026-11-23T09:00:00.000Z',
          event: 'edited',
          messageId: 'g1',
        },
        updatedAt: '2026-11-23T09:30:00.002Z',
      },
      expect.objectContaining({
        type: 'message',
        message: expect.objectContaining({
          seq: 3,
          id: 'e2',
          text: '',
          event: 'deleted',
          messageId: 'g1',
        }) as unknown,
      }),
    ]);
    expect(await house.conversations.entry(ref, 1)).toMatchObject({ id: 'g1', text: 'text of g1' });
  });

  it('are stored also when the original is not known, or comes later', async () => {
    const house = await houseWith();
    expect(await notify(house, edited('g1', 'e1'))).toMatchObject({ seq: 1 });
    expect(await notify(house, deleted('g2', 'e2'))).toMatchObject({ seq: 2 });
    expect(await notify(house, received('g1'))).toMatchObject({ seq: 3, duplicate: false });
  });

  it('of a conversation that is not there are refused', async () => {
    const nowhere = { ...deleted('g1', 'e1'), conversationId: 'none' };
    await expect(notify(newHouse(), nowhere)).rejects.toMatchObject({ name: 'NOT_FOUND' });
  });

  it('are stored once, and delivered again as the same frame', async () => {
    const house = await houseWith('g1');
    const ana = await connected(house);
    for (const event of [edited('g1', 'e1'), deleted('g1', 'e2')]) {
      house.gateway.clear();
      await notify(house, event);
      expect(await notify(house.elsewhere(), event)).toMatchObject({ duplicate: true, delivered: 1 });
      const [first, second] = house.gateway.sentTo(ana);
      expect(second).toEqual(first);
    }
    expect(await house.conversations.read(ref)).toMatchObject({ head: 3 });
  });

  it.each<[string, object]>([
    ['another text', edited('g1', 'e1', 'other')],
    ['another message', edited('g2', 'e1')],
    ['a deletion', deleted('g1', 'e1')],
    ['a closing', upstream('closed', 'e1')],
  ])('refuse their id for %s', async (_, other) => {
    const house = await houseWith('g1');
    await notify(house, edited('g1', 'e1'));
    await expect(notify(house, other)).rejects.toMatchObject({ name: 'CONFLICT' });
  });

  it("may have the id of a guest's message", async () => {
    const house = await houseWith('g1');
    expect(await notify(house, edited('g1', 'g1'))).toMatchObject({ seq: 2, duplicate: false });
    expect(await notify(house, received('g1'))).toMatchObject({ seq: 1, duplicate: true });
  });

  it('are never refused for what the guest wrote', async () => {
    const house = await houseWith('g1');
    await notify(house, edited('g1', 'e1', `a\r\nb\u0000${'c'.repeat(5000)}`));
    expect(await house.conversations.entry(ref, 2)).toMatchObject({
      text: `a\nb${'c'.repeat(4093)}`,
      truncated: true,
    });
    await notify(house, edited('g1', 'e2', null, { at: 'yesterday' }));
    expect(await house.conversations.entry(ref, 3)).toMatchObject({
      text: '',
      truncated: true,
      sentAt: (await house.conversations.read(ref))?.updatedAt,
    });
  });
});

describe('a closed conversation', () => {
  it('is reopened by an edit, as by a message, in one frame', async () => {
    const house = await houseWith('g1');
    const ana = await connected(house);
    await notify(house, upstream('closed', 'c1'));
    house.gateway.clear();
    await notify(house, edited('g1', 'e1'));
    expect(house.gateway.sentTo(ana)).toMatchObject([
      {
        type: 'conversation',
        event: 'reopened',
        conversation: { status: 'open' },
        message: { event: 'edited', seq: 3 },
      },
    ]);
  });

  it('stays closed after a deletion', async () => {
    const house = await houseWith('g1');
    await notify(house, upstream('closed', 'c1'));
    await notify(house, deleted('g1', 'e1'));
    expect(await house.conversations.read(ref)).toMatchObject({ status: 'closed', head: 3 });
  });
});
