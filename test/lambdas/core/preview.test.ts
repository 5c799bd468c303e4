import { describe, expect, it } from 'vitest';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import {
  conversation,
  deleted,
  edited,
  hotel,
  newHouse,
  notify,
  photo,
  received,
  send,
  staff,
  upstream,
  type House,
} from '../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

async function houseWith(...messages: string[]): Promise<House> {
  const house = newHouse();
  await conversation(house);
  for (const id of messages) await notify(house, received(id));
  return house;
}

async function shown(house: House) {
  const current = await house.conversations.read(ref);
  return [current?.preview, current?.previewOf, current?.previewKind];
}

describe('the preview', () => {
  it('follows edits of the message that it shows, until that is deleted', async () => {
    const house = await houseWith('g1', 'g2');
    expect(await shown(house)).toEqual(['text of g2', 'g2', '']);
    await notify(house, edited('g2', 'e1', 'first'));
    await notify(house, edited('g2', 'e2', 'x'.repeat(200)));
    expect(await shown(house)).toEqual(['x'.repeat(120), 'g2', '']);
    await notify(house, deleted('g2', 'e3'));
    expect(await shown(house)).toEqual(['', '', '']);
    await notify(house, edited('g2', 'e4', 'too late'));
    expect(await shown(house)).toEqual(['', '', '']);
  });

  it('is not touched by what happens to other messages', async () => {
    const house = await houseWith('g1', 'g2');
    await notify(house, edited('g1', 'e1'));
    await notify(house, deleted('g1', 'e2'));
    expect(await shown(house)).toEqual(['text of g2', 'g2', '']);
  });

  it("is not touched where it shows a message of staff, whatever that's id is", async () => {
    const house = await houseWith('g1');
    await sendMessage(house, staff(house), send('g1', 'from Ana'));
    await notify(house, edited('g1', 'e1'));
    await notify(house, deleted('g1', 'e2'));
    expect(await shown(house)).toEqual(['from Ana', '', '']);
  });

  it('follows a photo without text, as what it is', async () => {
    const house = await houseWith('g1');
    await sendMessage(house, staff(house), send('s1', 'from Ana'));
    await notify(house, photo('g2'));
    expect(await shown(house)).toEqual(['', 'g2', 'image']);
    await notify(house, edited('g2', 'e1', 'The leak'));
    expect(await shown(house)).toEqual(['The leak', 'g2', 'image']);
    await notify(house, deleted('g2', 'e2'));
    expect(await shown(house)).toEqual(['', '', '']);
    await notify(house, photo('g3', 'Another'));
    await sendMessage(house, staff(house), send('s2', 'Thanks'));
    expect(await shown(house)).toEqual(['Thanks', '', '']);
  });

  it('stays through changes of state', async () => {
    const house = await houseWith('g1');
    await notify(house, upstream('closed', 'c1'));
    expect(await shown(house)).toEqual(['text of g1', 'g1', '']);
  });
});
