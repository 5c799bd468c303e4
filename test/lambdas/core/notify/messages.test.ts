import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { messageOnWire } from '../../../../lambdas/core/conversation.ts';
import { byteLength } from '../../../../protocol/codec.ts';
import { limits } from '../../../../protocol/limits.ts';
import {
  connected,
  conversation,
  hotel,
  newHouse,
  notify,
  received,
  upstream,
  type House,
} from '../../../support/house.ts';

const ref = { hotelId: hotel, conversationId: 'talk' };
const when = '2026-11-23T08:00:00+01:00';

function created(message?: object, guest: object = {}) {
  const shape = { id: 'talk', department: 'front-desk', guest: { id: 'g', ...guest } };
  return { type: 'conversation.created', hotelId: hotel, conversation: shape, ...(message && { message }) };
}

function withUrl(url: string) {
  return { ...received('g1', ''), message: { id: 'g1', text: '', attachments: [{ kind: 'image', url }] } };
}

/** A text of so many units of three bytes each. */
function wide(units: number): string {
  return '界'.repeat(units);
}

async function stored(house: House, seq = 1) {
  const entry = await house.conversations.entry(ref, seq);
  if (entry === undefined) throw new Error(`no entry ${seq}`);
  return entry;
}

it('creates a conversation with its first message in one frame', async () => {
  const house = newHouse();
  const ana = await connected(house);
  const answer = await notify(house, created({ id: 'g1', text: 'Hello', sentAt: when }, { name: 'Grace' }));
  expect(answer).toEqual({
    ok: true,
    type: 'conversation.created',
    conversationId: 'talk',
    seq: 1,
    duplicate: false,
    audience: 1,
    delivered: 1,
    gone: 0,
    failed: 0,
    deferred: 0,
  });
  expect(house.gateway.sentTo(ana)).toMatchObject([
    {
      type: 'conversation',
      event: 'created',
      conversation: {
        id: 'talk',
        head: 1,
        status: 'open',
        preview: 'Hello',
        guest: { id: 'g', name: 'Grace' },
      },
      message: {
        seq: 1,
        id: 'g1',
        sender: { kind: 'guest', id: 'g', name: 'Grace' },
        sentAt: '2026-11-23T07:00:00.000Z',
      },
    },
  ]);
});

it('creates an empty conversation without a number, and says created again when told again', async () => {
  const house = newHouse();
  const ana = await connected(house);
  expect(await notify(house, created())).toMatchObject({ duplicate: false, audience: 1 });
  const again = await notify(house.elsewhere(), created());
  expect(again).toMatchObject({ duplicate: true, audience: 1 });
  expect(again).not.toHaveProperty('seq');
  expect(house.gateway.sentTo(ana)).toMatchObject([{ event: 'created' }, { event: 'created' }]);
  expect(house.gateway.sentTo(ana)[0]).not.toHaveProperty('message');
});

it('stores the message of a conversation that is there already as any other, and leaves it where it is', async () => {
  const house = newHouse();
  await conversation(house, { department: 'spa' });
  const sue = await connected(house, { departments: ['spa'] });
  const answer = await notify(house, created({ id: 'g1', text: 'Hello' }));
  expect(answer).toMatchObject({ seq: 1, duplicate: false });
  expect(await house.conversations.read(ref)).toMatchObject({
    department: 'spa',
    guest: { name: 'Grace' },
    head: 1,
  });
  expect(house.gateway.sentTo(sue)).toMatchObject([{ type: 'message', message: { id: 'g1' } }]);
});

it('takes the message of a creation and the same one on its own for one', async () => {
  const house = newHouse();
  const ana = await connected(house);
  await notify(house, created({ id: 'g1', text: 'Hello' }));
  expect(await notify(house, received('g1', 'Hello'))).toMatchObject({
    seq: 1,
    duplicate: true,
    delivered: 1,
  });
  // The frame is what it was the first time.
  const [first, second] = house.gateway.sentTo(ana);
  expect(second).toEqual(first);
});

it('creates once of ten creations at once', async () => {
  const house = newHouse();
  const answers = await Promise.all(
    Array.from({ length: 10 }, () => notify(house.elsewhere(), created({ id: 'g1', text: 'Hello' }))),
  );
  expect(answers.filter(({ duplicate }) => !duplicate)).toHaveLength(1);
  expect(await house.conversations.read(ref)).toMatchObject({ head: 1 });
});

it("reopens a closed conversation with the guest's message in one frame, and shows it the same again", async () => {
  const house = newHouse();
  await conversation(house);
  const ana = await connected(house);
  await notify(house, upstream('closed', 'e1'));
  house.gateway.clear();
  await notify(house, received('g1'));
  await notify(house.elsewhere(), received('g1'));
  const [first, second] = house.gateway.sentTo(ana);
  expect(first).toMatchObject({
    event: 'reopened',
    conversation: { status: 'open' },
    message: { id: 'g1', seq: 2 },
  });
  expect(second).toEqual(first);
});

it('says that a conversation is in no department', async () => {
  const house = newHouse();
  await conversation(house, { department: null });
  expect(await notify(house, received('g1'))).toMatchObject({ unrouted: true });
  expect(await notify(house, upstream('routed', 'e', { department: 'spa' }))).not.toHaveProperty('unrouted');
});

it('refuses the same id with another text, and a message to nowhere', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, received('g1', 'one'));
  await expect(notify(house, received('g1', 'two'))).rejects.toMatchObject({ name: 'CONFLICT' });
  await expect(notify(house, received('g1', 'one', 'none'))).rejects.toMatchObject({ name: 'NOT_FOUND' });
  expect(await stored(house)).toMatchObject({ text: 'one' });
});

it('takes the same message with newly signed attachments for the same', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, withUrl('https://a.example/1?signature=a'));
  expect(await notify(house, withUrl('https://a.example/1?signature=b'))).toMatchObject({ duplicate: true });
});

it('stores the first ten attachments and says that it left some out', async () => {
  const house = newHouse();
  await conversation(house);
  const attachments = Array.from({ length: 11 }, (_, index) => ({ kind: 'image', id: `i${index}` }));
  await notify(house, { ...received('g1'), message: { id: 'g1', text: '', attachments } });
  expect(await stored(house)).toMatchObject({ truncated: true, attachments: attachments.slice(0, 10) });
  await notify(house, {
    ...received('g2'),
    message: { id: 'g2', text: '', attachments: attachments.slice(0, 10) },
  });
  expect(await stored(house, 2)).not.toHaveProperty('truncated');
});

it('mends the name of an attachment and of a guest instead of refusing them', async () => {
  const house = newHouse();
  const message = {
    id: 'g1',
    text: '',
    attachments: [
      { kind: 'document', name: `${'n'.repeat(200)}.pdf` },
      { kind: 'document', name: '\u0007' },
      { kind: 'document', name: '\u2800' },
      { kind: 'document', name: 'fdp.\u202eexe\n' },
    ],
  };
  await notify(house, created(message, { name: `\u0000Gra\ud800ce${'!'.repeat(200)}` }));
  expect((await stored(house)).attachments).toEqual([
    { kind: 'document', name: 'n'.repeat(128) },
    { kind: 'document' },
    { kind: 'document' },
    { kind: 'document', name: 'fdp.exe ' },
  ]);
  expect((await stored(house)).sender.name).toBe(`Gra\ufffdce${'!'.repeat(122)}`);
});

it.each<[string, string, string]>([
  ['drops control characters but tab and newline', 'a\u0000b\u0007\tc\nd\u009fe', 'ab\tc\nde'],
  ['makes every line end a newline', 'a\rb\vc\u0085d\u2028e\u2029f\r\ng\fh', 'a\nb\nc\nd\ne\nf\ng\nh'],
  ['mends half of a surrogate pair', 'a\ud83db', 'a\ufffdb'],
  ['keeps markup and direction marks as they are', '<img onerror=x>\u202e', '<img onerror=x>\u202e'],
  ['keeps an empty text', '', ''],
  ['keeps white space', '  \n', '  \n'],
])('%s', async (_, text, kept) => {
  const house = newHouse();
  await conversation(house);
  await notify(house, received('g1', text));
  expect((await stored(house)).text).toBe(kept);
  expect(await stored(house)).not.toHaveProperty('truncated');
});

it('cuts at 4,096 units, never through what is read as one character', async () => {
  const house = newHouse();
  await conversation(house);
  const family = '👨‍👩‍👧‍👦';
  const texts = ['a'.repeat(4096), 'a'.repeat(4097), `${'a'.repeat(4095)}🐝`, `${'a'.repeat(4090)}${family}`];
  for (const [index, text] of texts.entries()) await notify(house, received(`g${index}`, text));
  expect(await stored(house, 1)).not.toHaveProperty('truncated');
  expect(await stored(house, 2)).toMatchObject({ text: 'a'.repeat(4096), truncated: true });
  expect(await stored(house, 3)).toMatchObject({ text: 'a'.repeat(4095), truncated: true });
  expect(await stored(house, 4)).toMatchObject({ text: 'a'.repeat(4090), truncated: true });
});

it('gives a message without a time the time of its commit, also where the clock is behind', async () => {
  const house = newHouse();
  await conversation(house);
  await notify(house, received('g1'));
  house.world.advance(-60_000);
  await notify(house.elsewhere(), received('g2'));
  expect((await stored(house, 2)).sentAt).toBe((await house.conversations.read(ref))?.updatedAt);
});

it('fits every message into a frame, the worst that is legal in the largest conversation too', async () => {
  const house = newHouse();
  const ana = await connected(house, { departments: ['d'.repeat(160)] });
  const attachment = {
    kind: 'document',
    id: wide(128),
    mime: wide(128),
    name: wide(128),
    url: `https://a.example/${'u'.repeat(2030)}`,
    size: 1,
  };
  const message = (id: string) => ({
    id: id.padEnd(160, 'm'),
    text: wide(5000),
    attachments: Array.from({ length: 10 }, () => attachment),
  });
  const id = 'c'.repeat(160);
  await notify(house, {
    type: 'conversation.created',
    hotelId: hotel,
    conversation: {
      id,
      department: 'd'.repeat(160),
      guest: { id: 'g'.repeat(160), name: wide(128), channel: wide(128) },
    },
    message: message('1'),
  });
  await notify(house, {
    type: 'message.received',
    hotelId: hotel,
    conversationId: id,
    message: message('2'),
  });
  // The gateway of these tests refuses a frame over 32 KiB.
  expect(house.gateway.sentTo(ana).map(({ type }) => type)).toEqual(['conversation', 'message']);
});

it('stores any text that a guest may write as one that may be shown', async () => {
  const house = newHouse();
  await conversation(house);
  let count = 0;
  const text = fc.string({
    unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)),
    maxLength: 5000,
    size: 'max',
  });
  await fc.assert(
    fc.asyncProperty(text, async (written) => {
      const { seq = 0 } = await notify(house, received(`p${++count}`, written));
      const entry = await stored(house, seq);
      expect(entry.text.isWellFormed()).toBe(true);
      expect(entry.text).not.toMatch(/[^\P{Cc}\t\n]/u);
      expect(entry.text.length).toBeLessThanOrEqual(limits.textUnits);
      expect(byteLength(JSON.stringify(messageOnWire(ref, entry)))).toBeLessThan(limits.messageBytes);
    }),
    { numRuns: 50 },
  );
});
