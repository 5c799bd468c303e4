import { expect, it } from 'vitest';
import { decodeRequest } from '../../protocol/codec.ts';
import type { Action } from '../../protocol/requests.ts';

const talk = { conversationId: 'talk' };
const many = (count: number, value: unknown) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`k${index}`, value]));
const then = '2026-11-23T09:30:00.000Z';

function decode(action: Action, fields: object) {
  return decodeRequest(action, JSON.stringify({ action, ...fields }));
}

it.each<[Action, object]>([
  ['subscribe', talk],
  ['subscribe', { ...talk, since: 0, id: 'r1' }],
  ['unsubscribe', talk],
  ['sendMessage', { ...talk, clientMessageId: 'm', text: 'hello' }],
  [
    'sendMessage',
    { ...talk, clientMessageId: 'm', text: 'hi', as: { hotelId: 'h', userId: 'u' }, who: true },
  ],
  ['history', talk],
  ['history', { ...talk, before: 1, limit: 1 }],
  ['history', { ...talk, after: 0, limit: 100 }],
  ['conversations', {}],
  ['conversations', { department: null, status: 'closed', limit: 50, cursor: 'x'.repeat(512) }],
  ['conversations', { department: 'spa', limit: 1 }],
  ['route', { ...talk, department: 'spa' }],
  ['close', talk],
  ['reopen', talk],
  ['ping', {}],
  ['ping', { who: true }],
  ['ping', { heads: many(50, 0), inbox: many(20, then) }],
  ['ping', { heads: {}, inbox: {} }],
])('takes %s with %j', (action, fields) => {
  expect(decode(action, fields)).toMatchObject({ ok: true, value: { action } });
});

it.each<[Action, object, string]>([
  ['subscribe', {}, 'conversationId: must be there'],
  ['subscribe', { conversationId: '' }, 'conversationId: must be an id'],
  ['subscribe', { conversationId: ['talk'] }, 'conversationId: must be a string'],
  ['subscribe', { ...talk, since: -1 }, 'since: must not be negative'],
  ['subscribe', { ...talk, since: 1.5 }, 'since: must be a whole number'],
  ['subscribe', { ...talk, since: '1' }, 'since: must be a number'],
  ['subscribe', { ...talk, since: null }, 'since: must be a number'],
  ['subscribe', { ...talk, id: 'two words' }, 'id: must be an id'],
  ['subscribe', { ...talk, id: 7 }, 'id: must be a string'],
  ['unsubscribe', { ...talk, since: 1 }, 'unknown field'],
  ['sendMessage', { ...talk, text: 'hello' }, 'clientMessageId: must be there'],
  ['sendMessage', { ...talk, clientMessageId: 'm' }, 'text: must be there'],
  ['sendMessage', { ...talk, clientMessageId: 'm', text: ' ' }, 'text: must hold more than white space'],
  [
    'sendMessage',
    { ...talk, clientMessageId: 'm', text: 'x'.repeat(4097) },
    'text: must have 1 to 4096 characters',
  ],
  ['sendMessage', { ...talk, clientMessageId: 'm', text: 'a\ud800' }, 'text: must be well-formed Unicode'],
  [
    'sendMessage',
    { ...talk, clientMessageId: 'm', text: 'hi', as: { userId: 'u' } },
    'as.hotelId: must be there',
  ],
  [
    'sendMessage',
    { ...talk, clientMessageId: 'm', text: 'hi', as: { hotelId: 'h', userId: '' } },
    'as.userId: must be an id',
  ],
  [
    'sendMessage',
    { ...talk, clientMessageId: 'm', text: 'hi', as: { hotelId: 'h', userId: 'u', role: 'manager' } },
    'as: unknown field',
  ],
  ['sendMessage', { ...talk, clientMessageId: 'm', text: 'hi', as: 'u' }, 'as: must be an object'],
  ['history', { ...talk, as: { hotelId: 'h', userId: 'u' } }, 'unknown field'],
  ['ping', { who: false }, 'who: must be true or absent'],
  ['ping', { who: 'me' }, 'who: must be true or absent'],
  ['history', { ...talk, before: 2, after: 1 }, 'must have before or after or neither, not both'],
  ['history', { ...talk, before: 0 }, 'before: must be 1 or more'],
  ['history', { ...talk, after: -1 }, 'after: must not be negative'],
  ['history', { ...talk, limit: 0 }, 'limit: must be 1 to 100'],
  ['history', { ...talk, limit: 101 }, 'limit: must be 1 to 100'],
  ['conversations', { limit: 51 }, 'limit: must be 1 to 50'],
  ['conversations', { status: 'all' }, 'status: must be open or closed'],
  ['conversations', { department: '' }, 'department: must be an id'],
  ['conversations', { cursor: 'x'.repeat(513) }, 'cursor: must be a cursor'],
  ['route', talk, 'department: must be there'],
  ['route', { ...talk, department: null }, 'department: must be a string'],
  ['ping', { heads: many(51, 1) }, 'heads: must have at most 50 keys'],
  ['ping', { inbox: many(21, then) }, 'inbox: must have at most 20 keys'],
  ['ping', { heads: [1] }, 'heads: must be an object'],
  ['ping', { heads: { a: -1 } }, 'heads.0.1: must not be negative'],
  ['ping', { heads: { 'a b': 1 } }, 'heads.0.0: must be an id'],
  ['ping', { inbox: { a: 'now' } }, 'inbox.0.1: must be a time'],
])('refuses %s with %j', (action, fields, message) => {
  const decoded = decode(action, fields);
  expect(decoded).toMatchObject({ ok: false, refusal: { code: 'BAD_REQUEST' } });
  expect(!decoded.ok && decoded.refusal.message).toContain(message);
});

it('fills in what is not said', () => {
  expect(decode('history', talk)).toMatchObject({ value: { limit: 50 } });
  expect(decode('conversations', {})).toMatchObject({ value: { status: 'open', limit: 20 } });
});

it('takes maps with the names of what objects inherit, as plain keys', () => {
  const decoded = decodeRequest('ping', '{"action":"ping","heads":{"__proto__":3,"constructor":4}}');
  expect(decoded).toMatchObject({ ok: true });
  expect(decoded.ok && [...(decoded.value.heads ?? [])]).toEqual([
    ['__proto__', 3],
    ['constructor', 4],
  ]);
});

it.each(['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'x'])(
  'refuses the unknown field %s',
  (name) => {
    expect(decodeRequest('ping', `{"action":"ping","${name}":{}}`)).toMatchObject({
      ok: false,
      refusal: { code: 'BAD_REQUEST', message: 'unknown field' },
    });
  },
);
