import { describe, expect, it } from 'vitest';
import { change } from '../../../../lambdas/core/change.ts';
import {
  conversation,
  hotel,
  newHouse,
  notify,
  received,
  staff,
  upstream,
  type House,
} from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

/** A time so many seconds from now, as upstream writes it. */
function inSeconds(house: House, seconds: number): string {
  return new Date(house.world.now().getTime() + seconds * 1000).toISOString();
}

/** A conversation with a guest's message of just now. */
async function written(): Promise<House> {
  const house = newHouse();
  await conversation(house);
  await notify(house, received('g1'));
  return house;
}

async function statusOf(house: House): Promise<string | undefined> {
  return (await house.conversations.read(ref))?.status;
}

describe("a closing that comes after a guest's newer message", () => {
  it.each([-60, -1, 0])('%j seconds older is stale, and the conversation stays open', async (seconds) => {
    const house = await written();
    const at = inSeconds(house, seconds);
    expect(await notify(house.elsewhere(), upstream('closed', 'e1', { at }))).toMatchObject({
      duplicate: true,
      stale: true,
      audience: 0,
    });
    expect(await house.conversations.read(ref)).toMatchObject({ status: 'open', head: 1 });
  });

  it('ends as the other order does', async () => {
    const [closedFirst, writtenFirst] = [newHouse(), newHouse()];
    for (const [house, events] of [
      [closedFirst, [upstream('closed', 'e1', { at: '2026-11-23T09:29:00Z' }), received('g1')]],
      [writtenFirst, [received('g1'), upstream('closed', 'e1', { at: '2026-11-23T09:29:00Z' })]],
    ] as const) {
      await conversation(house);
      for (const event of events) await notify(house.elsewhere(), event);
      expect(await statusOf(house)).toBe('open');
    }
  });

  it('closes when it is newer, or has no time', async () => {
    for (const seconds of [1, undefined]) {
      const house = await written();
      house.world.advance(60_000);
      const at = seconds === undefined ? {} : { at: inSeconds(house, seconds - 60) };
      expect(await notify(house, upstream('closed', 'e1', at))).toMatchObject({ seq: 2, duplicate: false });
      expect(await statusOf(house)).toBe('closed');
    }
  });

  it("counts a time in the future as just as far in the past, since upstream's clock is ahead", async () => {
    const house = await written();
    house.world.advance(10_000);
    expect(await notify(house, upstream('closed', 'e1', { at: inSeconds(house, 10) }))).toMatchObject({
      stale: true,
    });
    expect(await notify(house, upstream('closed', 'e2', { at: inSeconds(house, 9) }))).toMatchObject({
      seq: 2,
    });
  });

  it('stays stale when it is repeated, however far the clock has moved on', async () => {
    const house = await written();
    const closing = upstream('closed', 'e1', { at: inSeconds(house, 60) });
    await notify(house, closing);
    house.world.advance(59_000);
    expect(await notify(house.elsewhere(), closing)).toMatchObject({ duplicate: true, stale: true });
    expect(await statusOf(house)).toBe('open');
  });

  it('takes the latest time that can be written as ahead, too', async () => {
    const house = await written();
    expect(await notify(house, upstream('closed', 'e1', { at: '9999-12-31T23:59:59Z' }))).toMatchObject({
      stale: true,
    });
  });

  it('is stale for a function that remembers the conversation from before the message', async () => {
    const house = newHouse();
    await conversation(house);
    const warm = house.elsewhere();
    await notify(warm, received('g1'));
    house.world.advance(60_000);
    await notify(house.elsewhere(), received('g2'));
    expect(await notify(warm, upstream('closed', 'e1', { at: inSeconds(house, -30) }))).toMatchObject({
      stale: true,
    });
    expect(await statusOf(house)).toBe('open');
  });

  it('never goes back to an older message because a clock is behind', async () => {
    const house = await written();
    house.world.advance(-60_000);
    await notify(house.elsewhere(), received('g2'));
    house.world.advance(60_000);
    expect(await notify(house, upstream('closed', 'e1', { at: inSeconds(house, -1) }))).toMatchObject({
      stale: true,
    });
  });

  it('counts an edit as a message, and a deletion not', async () => {
    const house = await written();
    const revision = { ...ref, messageId: 'g1' };
    house.world.advance(60_000);
    await notify(house, { type: 'message.edited', ...revision, eventId: 'e1', text: 'better' });
    expect(await notify(house, upstream('closed', 'c1', { at: inSeconds(house, -30) }))).toMatchObject({
      stale: true,
    });
    house.world.advance(60_000);
    await notify(house, { type: 'message.deleted', ...revision, eventId: 'e2' });
    expect(await notify(house, upstream('closed', 'c2', { at: inSeconds(house, -30) }))).toMatchObject({
      seq: 4,
    });
  });
});

it('lets staff close what the guest has just written to', async () => {
  const house = await written();
  await change(house, staff(house), { action: 'close', conversationId: 'talk' });
  expect(await statusOf(house)).toBe('closed');
});

it('applies an older routing all the same, since it hides nothing', async () => {
  const house = await written();
  const routed = upstream('routed', 'e1', { department: 'spa', at: inSeconds(house, -60) });
  expect(await notify(house, routed)).toMatchObject({ seq: 2, duplicate: false });
});
