import { describe, expect, it } from 'vitest';
import { sendMessage } from '../../../../lambdas/core/send-message.ts';
import {
  connected,
  hotel,
  newHouse,
  notify,
  received,
  send,
  staff,
  type House,
} from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };

function created(guest: object, message?: object) {
  const conversation = { id: 'talk', department: 'front-desk', guest: { id: 'g', ...guest } };
  return { type: 'conversation.created', hotelId: hotel, conversation, ...(message && { message }) };
}

/** A guest's message that tells a name, sent at a second of the hour. */
function from(name: string, id: string, second?: number) {
  const { message, ...event } = received(id);
  const sentAt =
    second === undefined ? {} : { sentAt: `2026-11-23T09:00:${String(second).padStart(2, '0')}Z` };
  return { ...event, message: { ...message, ...sentAt }, guest: { name } };
}

async function guestIn(house: House) {
  return (await house.conversations.read(ref))?.guest;
}

async function houseWith(guest: object): Promise<House> {
  const house = newHouse();
  await notify(house, created(guest));
  return house;
}

describe('a guest with a new name', () => {
  it('is told of in one frame with the message, and the message has the new name', async () => {
    const house = await houseWith({ name: 'Grace' });
    const ana = await connected(house);
    expect(await notify(house, from('Grace H.', 'g1'))).toMatchObject({ seq: 1, duplicate: false });
    expect(await notify(house.elsewhere(), from('Grace H.', 'g1'))).toMatchObject({
      seq: 1,
      duplicate: true,
    });
    const [first, second] = house.gateway.sentTo(ana);
    expect(first).toMatchObject({
      type: 'conversation',
      event: 'updated',
      conversation: { guest: { id: 'g', name: 'Grace H.' }, head: 1 },
      message: { id: 'g1', sender: { name: 'Grace H.' } },
    });
    expect(first).not.toHaveProperty('message.event');
    expect(second).toEqual(first);
  });

  it('is told of without a message, without a number, and without moving up in the list', async () => {
    const house = await houseWith({ name: 'Grace' });
    const ana = await connected(house);
    const before = await house.conversations.read(ref);
    house.world.advance(60_000);
    const answer = await notify(house, created({ name: 'Grace H.' }));
    expect(answer).toMatchObject({ duplicate: false, audience: 1 });
    expect(answer).not.toHaveProperty('seq');
    expect(house.gateway.sentTo(ana)).toMatchObject([
      { type: 'conversation', event: 'updated', conversation: { head: 0, guest: { name: 'Grace H.' } } },
    ]);
    expect(await house.conversations.read(ref)).toMatchObject({ head: 0, updatedAt: before?.updatedAt });
  });

  it('keeps the name when the message is the same, or tells none', async () => {
    const house = await houseWith({ name: 'Grace' });
    const ana = await connected(house);
    await notify(house, from('Grace', 'g1'));
    for (const guest of [{}, { name: null }, { name: '' }, { name: '\u0000' }, null, 'Max', ['Max']]) {
      await notify(house, { ...received(`g${JSON.stringify(guest).length}`), guest });
    }
    expect(await guestIn(house)).toMatchObject({ name: 'Grace' });
    expect(new Set(house.gateway.sentTo(ana).map(({ type }) => type))).toEqual(new Set(['message']));
  });

  it('has it cleaned and cut between graphemes', async () => {
    const house = await houseWith({});
    await notify(house, from(`a\u0007\ud800${'n'.repeat(124)}👨‍👩‍👧‍👦`, 'g1'));
    expect(await guestIn(house)).toMatchObject({ name: `a\ufffd${'n'.repeat(124)}` });
  });

  it.each([
    ['blanks', '   '],
    ['line ends and tabs', '\n\t'],
    ['a no-break and an ideographic blank', '\u00a0\u3000'],
    ['a zero-width blank', '\u200b'],
    ['an empty Braille pattern', '\u2800'],
    ['a Hangul filler', '\u3164'],
    ['a direction mark', '\u200e'],
    ['a direction override', '\u202e'],
    ['a joiner and a variation selector', '\u200d\ufe0f'],
    ['a null notehead', '\u{1d159}'],
  ])('keeps the one that can be seen when the new one is %s', async (_, blank) => {
    const house = await houseWith({ name: 'Gil' });
    const ana = await connected(house);
    await notify(house, from(blank, 'g1'));
    await notify(house, created({ name: blank }));
    expect(await guestIn(house)).toMatchObject({ name: 'Gil' });
    expect(house.gateway.sentTo(ana)).toMatchObject([{ type: 'message' }, { event: 'created' }]);
    await notify(house, {
      ...created({ name: blank }),
      conversation: { id: 'new', guest: { id: 'g', name: blank } },
    });
    const other = await house.conversations.read({ hotelId: hotel, conversationId: 'new' });
    expect(other?.guest).toEqual({ id: 'g' });
  });

  it('has it in one line and without what turns the words beside it around', async () => {
    const house = await houseWith({});
    let index = 0;
    for (const [given, kept] of [
      ['Gil\r\nthe\u2028Second', 'Gil the Second'],
      ['\u202a\u202b\u202c\u202dGil\u202e\u2066\u2067\u2068\u2069', 'Gil'],
      ['\u200fגיל\u200f', '\u200fגיל\u200f'],
      ['👩\u200d👩', '👩\u200d👩'],
    ] as const) {
      await notify(house, from(given, `g${index++}`));
      expect(await guestIn(house)).toMatchObject({ name: kept });
    }
  });

  it('is not given the old one back by a message that was sent before', async () => {
    const house = await houseWith({});
    await notify(house, from('New', 'g2', 20));
    await notify(house, from('Old', 'g1', 10));
    expect(await guestIn(house)).toMatchObject({ name: 'New' });
    await notify(house, from('Newer', 'g3', 20));
    expect(await guestIn(house)).toMatchObject({ name: 'Newer' });
    await notify(house, from('Untimed', 'g4'));
    expect(await guestIn(house)).toMatchObject({ name: 'Untimed' });
  });

  it('has newer names later, also after a clock that was ahead', async () => {
    const house = await houseWith({});
    const ahead = { ...from('Early', 'g1'), message: { id: 'g1', text: '', sentAt: '2099-01-01T00:00:00Z' } };
    await notify(house, ahead);
    house.world.advance(60_000);
    const now = house.world.now().toISOString();
    await notify(house, { ...from('Late', 'g2'), message: { id: 'g2', text: '', sentAt: now } });
    expect(await guestIn(house)).toMatchObject({ name: 'Late' });
  });

  it('has it for a function that remembers the old one', async () => {
    const house = await houseWith({ name: 'Grace' });
    const warm = house.elsewhere();
    await notify(warm, received('g1'));
    await notify(house.elsewhere(), created({ name: 'Grace H.' }));
    await notify(warm, from('Grace', 'g2'));
    expect(await guestIn(house)).toMatchObject({ name: 'Grace' });
    await notify(house.elsewhere(), created({ name: 'G. Hopper' }));
    await notify(warm, received('g3'));
    expect(await house.conversations.entry(ref, 3)).toMatchObject({ sender: { name: 'G. Hopper' } });
  });
});

describe('a creation that comes again', () => {
  it('gives no name back that a message has changed, so that a list comes to the same when it is repeated', async () => {
    const house = newHouse();
    const events = [created({ name: 'Grace' }), from('Grace H.', 'g1')];
    for (let times = 0; times < 3; times++)
      for (const event of events) await notify(house.elsewhere(), event);
    expect(await guestIn(house)).toMatchObject({ name: 'Grace H.' });
  });

  it('takes a name that it has not told before, with and without a message', async () => {
    const house = await houseWith({ name: 'Grace' });
    await notify(house, created({ name: 'Two' }));
    expect(await guestIn(house)).toMatchObject({ name: 'Two' });
    await notify(house, created({ name: 'Three' }, { id: 'g1', text: '' }));
    expect(await guestIn(house)).toMatchObject({ name: 'Three' });
    await notify(house, from('Four', 'g2'));
    await notify(house, created({ name: 'Three' }, { id: 'g3', text: '' }));
    expect(await guestIn(house)).toMatchObject({ name: 'Three' });
  });

  it('fills in what was not known, and changes neither id, channel, address nor department', async () => {
    const house = await houseWith({ channel: 'whatsapp' });
    await notify(house, created({ id: 'other', channel: 'sms', address: '+31' }));
    expect(await guestIn(house)).toEqual({ id: 'g', channel: 'whatsapp', address: '+31' });
    const moved = created({ address: '+32' });
    await notify(house, { ...moved, conversation: { ...moved.conversation, department: 'spa' } });
    expect(await house.conversations.read(ref)).toMatchObject({
      department: 'front-desk',
      guest: { address: '+31' },
    });
  });

  it('tells again what it told, when nothing is new', async () => {
    const house = await houseWith({ name: 'Grace' });
    const ana = await connected(house);
    expect(await notify(house, created({ name: 'Grace' }))).toMatchObject({ duplicate: true, audience: 1 });
    expect(house.gateway.sentTo(ana)).toMatchObject([{ event: 'created' }]);
  });
});

it('loses no name to a message of staff that was decided before it', async () => {
  const house = await houseWith({ name: 'Grace' });
  const warm = house.elsewhere();
  await sendMessage(warm, staff(house), send('m1'));
  await notify(house.elsewhere(), created({ name: 'Grace H.' }));
  await sendMessage(warm, staff(house), send('m2'));
  expect(await house.conversations.read(ref)).toMatchObject({ head: 2, guest: { name: 'Grace H.' } });
});
