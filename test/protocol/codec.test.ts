import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  byteLength,
  decodeNotifyEvent,
  decodeRequest,
  encode,
  errorFrame,
  refuseUnrouted,
} from '../../protocol/codec.ts';
import { codes, retryOf } from '../../protocol/codes.ts';
import { requests, type Action } from '../../protocol/requests.ts';
import { readReply } from '../support/frames.ts';

const actions = [
  'subscribe',
  'unsubscribe',
  'sendMessage',
  'history',
  'conversations',
  'route',
  'close',
  'reopen',
  'ping',
] as const;

function codeOf(action: Action, text: string): string {
  const decoded = decodeRequest(action, text);
  return decoded.ok ? 'ok' : decoded.refusal.code;
}

/** A frame of exactly so many bytes, most of them in characters of so many bytes each. */
function frameOf(bytes: number, character: string): string {
  const frame = (text: string) => `{"action":"ping","id":"${text}"}`;
  const room = bytes - byteLength(frame(''));
  const each = byteLength(character);
  return frame(character.repeat(Math.floor(room / each)) + 'x'.repeat(room % each));
}

it.each(['x', 'é', '界', '🐝'])(
  'takes a frame of 16 KiB in UTF-8 and not one byte more, of %s',
  (character) => {
    expect(byteLength(frameOf(16_384, character))).toBe(16_384);
    expect(codeOf('ping', frameOf(16_384, character))).toBe('BAD_REQUEST');
    expect(codeOf('ping', frameOf(16_385, character))).toBe('TOO_LARGE');
    expect(refuseUnrouted(frameOf(16_385, character)).refusal.code).toBe('TOO_LARGE');
  },
);

it('takes JSON that nests 8 deep and refuses 9, wherever brackets stand in texts', () => {
  const nested = (depth: number) => `{"action":"ping","x":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
  const reason = (text: string) => {
    const decoded = decodeRequest('ping', text);
    return decoded.ok ? 'ok' : decoded.refusal.message;
  };
  expect(reason(nested(8))).toBe('unknown field');
  expect(reason(nested(9))).toBe('A frame is nested at most 8 deep.');
  expect(codeOf('ping', '['.repeat(16_000))).toBe('BAD_REQUEST');
  const text = '[[[[[[[[[[ \\" {{{{ \\\\';
  expect(
    codeOf(
      'sendMessage',
      `{"action":"sendMessage","conversationId":"c","clientMessageId":"m","text":"${text}"}`,
    ),
  ).toBe('ok');
});

it('reads a key that stands twice as its last value, and holds that to the route', () => {
  expect(codeOf('ping', '{"action":"close","action":"ping"}')).toBe('ok');
  expect(codeOf('ping', '{"action":"ping","action":"close"}')).toBe('BAD_REQUEST');
});

it('hands back the id of a refused frame, if it is one', () => {
  expect(decodeRequest('ping', '{"action":"ping","id":"r1","x":1}')).toMatchObject({ id: 'r1' });
  expect(refuseUnrouted('{"action":"dance","id":"r1"}')).toMatchObject({ id: 'r1' });
  for (const id of ['""', '7', 'null', '"two words"', '{"toString":1}']) {
    expect(decodeRequest('ping', `{"action":"ping","id":${id}}`)).not.toHaveProperty('id');
    expect(refuseUnrouted(`{"action":"dance","id":${id}}`)).not.toHaveProperty('id');
  }
  expect(refuseUnrouted('{"action":"dance","__proto__":{"id":"r1"}}')).not.toHaveProperty('id');
});

it('hands back whether a refused frame asks who it is', () => {
  expect(decodeRequest('ping', '{"action":"ping","who":true,"x":1}')).toMatchObject({ who: true });
  expect(refuseUnrouted('{"action":"dance","who":true}')).toMatchObject({ who: true });
  for (const who of ['false', '1', '"true"', 'null', '{}']) {
    expect(decodeRequest('ping', `{"action":"ping","who":${who}}`)).not.toHaveProperty('who');
    expect(refuseUnrouted(`{"action":"dance","who":${who}}`)).not.toHaveProperty('who');
  }
  expect(refuseUnrouted('{"action":"dance","__proto__":{"who":true}}')).not.toHaveProperty('who');
});

it('never shows in a refusal what the frame said', () => {
  const canary = 'canary';
  const places = [
    `{"action":"${canary}"}`,
    `{"action":"ping","${canary}":1}`,
    `{"action":"ping","heads":{"${canary} ":1}}`,
    `{"action":"ping","heads":"${canary}"}`,
    `{"action":"ping","heads":{"a":"${canary}"}}`,
    `{"action":"ping","id":"${canary} "}`,
    `"${canary}"`,
    `{"${canary}`,
    canary,
  ];
  for (const action of actions) {
    for (const text of places) expect(JSON.stringify(decodeRequest(action, text))).not.toContain(canary);
    const wrong = `{"action":"${action}","conversationId":"${canary} ","text":"${canary}\\u0000","status":"${canary}"}`;
    expect(JSON.stringify(decodeRequest(action, wrong))).not.toContain(canary);
  }
  for (const text of places) expect(JSON.stringify(refuseUnrouted(text).refusal)).not.toContain(canary);
});

it('decodes any text and any JSON without throwing, into a request of the route or a refusal', () => {
  const anyText = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.json(),
    fc
      .record(
        {
          action: fc.constantFrom(...actions),
          conversationId: fc.string(),
          text: fc.string(),
          heads: fc.dictionary(fc.string(), fc.jsonValue()),
          who: fc.oneof(fc.constant(true), fc.jsonValue()),
          as: fc.oneof(fc.record({ hotelId: fc.string(), userId: fc.string() }), fc.jsonValue()),
        },
        { requiredKeys: ['action'] },
      )
      .map((frame) => JSON.stringify(frame)),
  );
  fc.assert(
    fc.property(fc.constantFrom(...actions), anyText, (action, text) => {
      const decoded = decodeRequest(action, text);
      if (decoded.ok) expect(decoded.value.action).toBe(action);
      else readReply('error', errorFrame(decoded.refusal, decoded.id));
      const refused = refuseUnrouted(text);
      readReply('error', errorFrame(refused.refusal, refused.id));
    }),
    { numRuns: 1000 },
  );
});

it('decodes anything that notify may be invoked with without throwing', () => {
  fc.assert(
    fc.property(fc.oneof(fc.jsonValue(), fc.anything()), (input) => {
      expect(typeof decodeNotifyEvent(input).ok).toBe('boolean');
    }),
  );
});

it('counts unknown fields at every known depth, stops at a hundred, and never looks into one', () => {
  const looked: string[] = [];
  const trapped = (fields: object, many: number) => {
    const names = [...Object.keys(fields), ...Array.from({ length: many }, (_, index) => `x${index}`)];
    const unknown = Object.fromEntries(names.map((name) => [name, { deep: 1 }]));
    return new Proxy(
      { ...unknown, ...fields },
      {
        get: (target, name) => Reflect.get(target, name) as unknown,
        getOwnPropertyDescriptor(target, name) {
          looked.push(String(name));
          return Reflect.getOwnPropertyDescriptor(target, name);
        },
      },
    );
  };
  const event = (many: number) =>
    trapped(
      {
        type: 'message.received',
        hotelId: 'grand',
        conversationId: 'talk',
        message: trapped({ id: 'g1', text: 'hello' }, 2),
      },
      many,
    );
  expect(decodeNotifyEvent(event(3))).toMatchObject({ ok: true, unknownFields: 5 });
  looked.length = 0;
  expect(decodeNotifyEvent(event(20_000))).toMatchObject({ ok: true, unknownFields: 100 });
  expect(looked.filter((name) => name.startsWith('x')).length).toBeLessThan(500);
});

it.each([
  ['conversation.created', (sentAt: unknown) => ({ message: { id: 'g1', text: 'hello', sentAt } })],
  ['message.received', (sentAt: unknown) => ({ message: { id: 'g1', text: 'hello', sentAt } })],
  ['message.edited', (at: unknown) => ({ messageId: 'g1', eventId: 'e1', text: 'hello', at })],
  ['message.deleted', (at: unknown) => ({ messageId: 'g1', eventId: 'e1', at })],
])('counts the time of a guest in %s that is given and cannot be read', (type, timed) => {
  const of = (time: unknown) =>
    decodeNotifyEvent({
      type,
      hotelId: 'grand',
      conversationId: 'talk',
      conversation: { id: 'talk', guest: { id: 'g' } },
      ...timed(time),
    });
  for (const time of ['yesterday', '', null, 7, {}]) {
    expect(of(time)).toMatchObject({ ok: true, unreadableTimes: 1 });
  }
  for (const time of [undefined, '1781252132', 1_781_252_132, '2026-06-12T11:35:32+0000']) {
    expect(of(time)).toMatchObject({ ok: true, unreadableTimes: 0 });
  }
});

it('counts no time of a creation without a message, nor of a change of state', () => {
  const about = { hotelId: 'grand', conversationId: 'talk', eventId: 'e1' };
  const conversation = { id: 'talk', guest: { id: 'g' } };
  const creation = { type: 'conversation.created', hotelId: 'grand', conversation };
  for (const event of [creation, { ...about, type: 'conversation.closed', at: 1_781_252_132 }]) {
    expect(decodeNotifyEvent(event)).toMatchObject({ ok: true, unreadableTimes: 0 });
  }
});

it('says of a refused event what it is about, as far as that can be read', () => {
  const about = { hotelId: 'grand', conversationId: 'talk' };
  const conversation = { id: 'talk' };
  expect(decodeNotifyEvent({ ...about, type: 'dance' })).toMatchObject({ ok: false, about });
  expect(decodeNotifyEvent({ type: 'conversation.created', hotelId: 'grand', conversation })).toMatchObject({
    ok: false,
    about,
  });
  for (const given of [
    { ...about, hotelId: 7 },
    { ...about, conversationId: 'a b' },
    { conversation },
    [about],
    7,
  ]) {
    expect(decodeNotifyEvent(given)).not.toHaveProperty('about');
  }
});

it('writes an error with its advice, and its id only when there is one', () => {
  for (const code of codes) {
    expect(readReply('error', encode(errorFrame({ code, message: 'no' }, 'r1')))).toEqual({
      type: 'error',
      id: 'r1',
      code,
      message: 'no',
      retry: retryOf[code],
    });
  }
  expect(errorFrame({ code: 'CLOSED', message: 'no' })).not.toHaveProperty('id');
});

it('has every code in its list, and every action of the wire', () => {
  expect([...codes].toSorted()).toEqual(Object.keys(retryOf).toSorted());
  expect(Object.keys(requests).toSorted()).toEqual([...actions].toSorted());
});
