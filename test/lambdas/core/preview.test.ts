import { describe, expect, it } from 'vitest';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import {
  deleted,
  edited,
  houseWith,
  notify,
  photo,
  previewOfTalk,
  send,
  staff,
  upstream,
} from '../../support/house.ts';

describe('the preview', () => {
  it('follows edits of the message that it shows, until that is deleted', async () => {
    const house = await houseWith('g1', 'g2');
    expect(await previewOfTalk(house)).toEqual(['text of g2', 'g2', '']);
    await notify(house, edited('g2', 'e1', 'first'));
    await notify(house, edited('g2', 'e2', 'x'.repeat(200)));
    expect(await previewOfTalk(house)).toEqual(['x'.repeat(120), 'g2', '']);
    await notify(house, deleted('g2', 'e3'));
    expect(await previewOfTalk(house)).toEqual(['', '', '']);
    await notify(house, edited('g2', 'e4', 'too late'));
    expect(await previewOfTalk(house)).toEqual(['', '', '']);
  });

  it('is not touched by what happens to other messages', async () => {
    const house = await houseWith('g1', 'g2');
    await notify(house, edited('g1', 'e1'));
    await notify(house, deleted('g1', 'e2'));
    expect(await previewOfTalk(house)).toEqual(['text of g2', 'g2', '']);
  });

  it("is not touched where it shows a message of staff, whatever that's id is", async () => {
    const house = await houseWith('g1');
    await sendMessage(house, staff(house), send('g1', 'from Ana'));
    await notify(house, edited('g1', 'e1'));
    await notify(house, deleted('g1', 'e2'));
    expect(await previewOfTalk(house)).toEqual(['from Ana', '', '']);
  });

  it('follows a photo without text, as what it is', async () => {
    const house = await houseWith('g1');
    await sendMessage(house, staff(house), send('s1', 'from Ana'));
    await notify(house, photo('g2'));
    expect(await previewOfTalk(house)).toEqual(['', 'g2', 'image']);
    await notify(house, edited('g2', 'e1', 'The leak'));
    expect(await previewOfTalk(house)).toEqual(['The leak', 'g2', 'image']);
    await notify(house, deleted('g2', 'e2'));
    expect(await previewOfTalk(house)).toEqual(['', '', '']);
    await notify(house, photo('g3', 'Another'));
    await sendMessage(house, staff(house), send('s2', 'Thanks'));
    expect(await previewOfTalk(house)).toEqual(['Thanks', '', '']);
  });

  it('stays through changes of state', async () => {
    const house = await houseWith('g1');
    await notify(house, upstream('closed', 'c1'));
    expect(await previewOfTalk(house)).toEqual(['text of g1', 'g1', '']);
  });
});
