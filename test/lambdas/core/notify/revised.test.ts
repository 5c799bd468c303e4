import { describe, expect, it } from 'vitest';
import {
  connected,
  deleted,
  edited,
  hotel,
  houseWith,
  notify,
  photo,
  previewOfTalk,
  received,
} from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

/** A time of the guest's channel. */
const channelTime = (second: number) => `2026-11-23T09:00:0${second}.000Z`;

describe('a message that comes after', () => {
  it('its deletion is stored, and never shown', async () => {
    const house = await houseWith('g1');
    await notify(house, deleted('g2', 'e1'));
    await notify(house.elsewhere(), photo('g2', 'secret'));
    expect(await previewOfTalk(house)).toEqual(['', '', '']);
    expect(await house.conversations.entry(ref, 3)).toMatchObject({ text: 'secret' });
    await notify(house, edited('g2', 'e2', 'secret again'));
    expect(await previewOfTalk(house)).toEqual(['', '', '']);
  });

  it('its edit is shown as edited, with what was attached', async () => {
    const house = await houseWith('g1');
    await notify(house, edited('g2', 'e1', 'x'.repeat(200)));
    await notify(house.elsewhere(), photo('g2', 'first'));
    expect(await previewOfTalk(house)).toEqual(['x'.repeat(120), 'g2', 'image']);
  });

  it('edits and a deletion in any order is shown as the newest of them has it', async () => {
    for (const order of [
      ['new', 'old'],
      ['old', 'new'],
    ]) {
      const house = await houseWith();
      for (const text of order)
        await notify(house, edited('g1', text, text, { at: channelTime(text === 'new' ? 2 : 1) }));
      await notify(house, received('g1'));
      expect(await previewOfTalk(house)).toEqual(['new', 'g1', '']);
    }
    const house = await houseWith();
    await notify(house, deleted('g1', 'e1', { at: channelTime(1) }));
    await notify(house, edited('g1', 'e2', 'late', { at: channelTime(2) }));
    await notify(house, received('g1'));
    expect(await previewOfTalk(house)).toEqual(['', '', '']);
  });

  it('is told with its conversation, again in the same frame when it is repeated', async () => {
    const house = await houseWith('g1');
    await notify(house, edited('g2', 'e1', 'Better'));
    const ana = await connected(house);
    await notify(house, received('g2'));
    expect(await notify(house.elsewhere(), received('g2'))).toMatchObject({ seq: 3, duplicate: true });
    const [first, second] = house.gateway.sentTo(ana);
    expect(first).toMatchObject({
      type: 'conversation',
      event: 'updated',
      conversation: { head: 3, preview: 'Better', previewOf: 'g2' },
      message: { seq: 3, id: 'g2', text: 'text of g2' },
    });
    expect(first).not.toHaveProperty('message.overtaken');
    expect(first).not.toHaveProperty('conversation.revised');
    expect(second).toEqual(first);
  });

  it('revisions of seven others is still shown as it was revised, and of eight as it was written', async () => {
    for (const [others, text] of [
      [7, 'Better'],
      [8, 'text of g1'],
    ] as const) {
      const house = await houseWith();
      await notify(house, edited('g1', 'e', 'Better'));
      for (let other = 0; other < others; other++) await notify(house, edited(`x${other}`, `e${other}`));
      await notify(house, received('g1'));
      expect(await previewOfTalk(house)).toEqual([text, 'g1', '']);
      expect((await house.conversations.read(ref))?.revised).toHaveLength(8);
    }
  });
});

describe('two edits of one message', () => {
  it('are ordered by when the guest made them, whichever comes first', async () => {
    const house = await houseWith('g1');
    const ana = await connected(house);
    await notify(house, edited('g1', 'e2', 'second', { at: channelTime(2) }));
    await notify(house, edited('g1', 'e1', 'first', { at: channelTime(1) }));
    expect(await previewOfTalk(house)).toEqual(['second', 'g1', '']);
    expect(await house.conversations.entry(ref, 3)).toMatchObject({ text: 'first', sentAt: channelTime(1) });
    expect(house.gateway.sentTo(ana)).toMatchObject([
      { type: 'message', message: { text: 'second' } },
      { event: 'updated', conversation: { preview: 'second' }, message: { text: 'first', event: 'edited' } },
    ]);
    await notify(house, edited('g1', 'e3', 'third', { at: channelTime(2) }));
    expect(await previewOfTalk(house)).toEqual(['third', 'g1', '']);
  });

  it('are ordered by their numbers when they tell no time, whatever the clocks of the functions say', async () => {
    const house = await houseWith('g1');
    await notify(house, edited('g1', 'e1', 'first'));
    house.world.advance(-60_000);
    await notify(house.elsewhere(), edited('g1', 'e2', 'second'));
    expect(await previewOfTalk(house)).toEqual(['second', 'g1', '']);
  });
});
