import { expect, it } from 'vitest';
import * as v from 'valibot';
import {
  address,
  freeText,
  id,
  instant,
  messageText,
  position,
  seq,
  upstreamInstant,
} from '../../protocol/scalars.ts';

function is(schema: v.GenericSchema, value: unknown): boolean {
  return v.safeParse(schema, value).success;
}

it.each([
  'a',
  'front-desk',
  'A1._:@+=/|~-',
  'wamid.HBgLMzE2MTIzNDU2NzgVAgASGBQzQTdBNTQxRkM5RTVGNDAwAA==',
  '+31612345678',
  '31612345678',
  'auth0|5f7c8ec7c33c6c004bbafe82',
  'google-oauth2|103547991597142817347',
  'us-east-1:0a1b2c3d-0000-1111-2222-333344445555',
  'arn:aws:sts/role',
  '__proto__',
  'constructor',
  '-starts-with-a-hyphen',
  '_',
  `US.${'a1'.repeat(64)}`,
  'x'.repeat(160),
])('%s is an id', (text) => {
  expect(is(id, text)).toBe(true);
});

it.each([
  ['nothing', ''],
  ['161 characters', 'x'.repeat(161)],
  ['2 KB', 'x'.repeat(2048)],
  ['white space', 'a b'],
  ['white space around it', ' a'],
  ['a newline at its end', 'a\n'],
  ['a tab', 'a\tb'],
  ['#', 'a#b'],
  ['%23', 'a%23b'],
  ['NUL', 'a\u0000'],
  ['the full-width #', 'a\uff03b'],
  ['a composed é', 'caf\u00e9'],
  ['a decomposed é', 'cafe\u0301'],
  ['a direction mark', 'a\u202eb'],
  ['a comma', 'a,b'],
  ['a star', '*'],
  ['a dollar', '$connect'],
  ['a first dot', '.a'],
  ['a first slash', '/a'],
  ['a first colon', ':a'],
  ['a first at sign', '@a'],
  ['a first =', '=a'],
  ['a first bar', '|a'],
  ['a first tilde', '~a'],
  ['a path', '../../etc'],
  ['a list', ['a']],
  ['a number', 7],
  ['an object', {}],
  ['null', null],
])('%s is no id', (_, value) => {
  expect(is(id, value)).toBe(false);
});

it('takes 1 to 128 units of free text, well-formed and without controls but tab and newline', () => {
  for (const text of ['a', ' ', '\t', '\n', '🐝', '<b>', '\u202e', 'x'.repeat(128), '🐝'.repeat(64)]) {
    expect(is(freeText, text)).toBe(true);
  }
  for (const text of [
    '',
    'x'.repeat(129),
    '🐝'.repeat(65),
    'a\u0000',
    'a\r',
    'a\u007f',
    'a\u0085',
    '\ud800',
    7,
    null,
  ]) {
    expect(is(freeText, text)).toBe(false);
  }
});

it('takes whatever ends a line in a message text for a newline, before it counts', () => {
  expect(v.parse(messageText, 'a\r\nb\rc\u0085d\u2028e')).toBe('a\nb\nc\nd\ne');
  expect(v.parse(messageText, 'x\r\n'.repeat(2048))).toBe('x\n'.repeat(2048));
  expect(is(messageText, '\r\n\u2029')).toBe(false);
});

it('takes 1 to 160 units of an address', () => {
  expect([1, 160, 161].map((units) => is(address, 'x'.repeat(units)))).toEqual([true, true, false]);
  expect(is(address, '')).toBe(false);
});

it('takes 1 to 4,096 units of message text that are not only white space', () => {
  for (const text of [
    'a',
    ' a ',
    'x'.repeat(4096),
    '🐝'.repeat(2048),
    'two\nlines\tand a tab',
    '<img onerror=x>',
  ]) {
    expect(is(messageText, text)).toBe(true);
  }
  for (const text of [
    '',
    ' ',
    '\n\t ',
    '\u00a0\u2003',
    'x'.repeat(4097),
    'a\u0000',
    'a\u001b[31m',
    'a\ud800',
    '\udc00a',
    7,
  ]) {
    expect(is(messageText, text)).toBe(false);
  }
});

it('takes whole numbers that JSON keeps, from 0 for a position and from 1 for a seq', () => {
  for (const value of [1, 2, Number.MAX_SAFE_INTEGER]) {
    expect([is(position, value), is(seq, value)]).toEqual([true, true]);
  }
  expect([is(position, 0), is(seq, 0)]).toEqual([true, false]);
  for (const value of [-1, 0.5, 2 ** 53, Infinity, NaN, '1', null, [1], true]) {
    expect([is(position, value), is(seq, value)]).toEqual([false, false]);
  }
});

it('takes an instant in one spelling only', () => {
  expect(is(instant, '2026-11-23T09:30:00.000Z')).toBe(true);
  for (const text of [
    '2026-11-23T09:30:00Z',
    '2026-11-23T09:30:00.0000Z',
    '2026-11-23T09:30:00.000+00:00',
    '2026-11-23 09:30:00.000Z',
    '2026-13-23T09:30:00.000Z',
    '2026-02-30T09:30:00.000Z',
    '2026-02-28T24:00:00.000Z',
    '2026-11-23T25:30:00.000Z',
    'yesterday',
    '+010000-01-01T00:00:00.000Z',
    1_700_000_000_000,
  ]) {
    expect(is(instant, text)).toBe(false);
  }
});

/** A time of upstream as an instant; undefined where it cannot be read. */
function read(time: unknown): string | undefined {
  const parsed = v.safeParse(upstreamInstant, time);
  return parsed.success ? parsed.output : undefined;
}

it.each([
  ['2026-06-12T11:35:32+0000', '2026-06-12T11:35:32.000Z'],
  ['2026-06-12T11:35:32.5+0530', '2026-06-12T06:05:32.500Z'],
  ['2026-06-12T11:35:32.123456789-0800', '2026-06-12T19:35:32.123Z'],
  ['1781252132', '2026-06-12T08:15:32.000Z'],
  [1_781_252_132, '2026-06-12T08:15:32.000Z'],
  ['1781252132045', '2026-06-12T08:15:32.045Z'],
  [1_781_252_132_045, '2026-06-12T08:15:32.045Z'],
  ['9999999999', '2286-11-20T17:46:39.000Z'],
  [9_999_999_999_999, '2286-11-20T17:46:39.999Z'],
])('reads %j, as channels write it, as %s', (time, as) => {
  expect(read(time)).toBe(as);
});

it.each([
  0,
  '0000000000',
  '0000000000000',
  '0781252132',
  999_999_999,
  '178125213',
  -1_781_252_132,
  '-1781252132',
  '+1781252132',
  ' 1781252132',
  '1781252132\n',
  '1781252132.5',
  1_781_252_132.5,
  '17812521320',
  17_812_521_320,
  '178125213204',
  17_812_521_320_455,
  '1781252132e3',
  '2026-06-12T11:35:32+00',
  '2026-06-12T11:35:32+000',
  '2026-06-12T11:35:32 +0000',
  '2026-06-12 11:35:32+0000',
  '2026-06-12T11:35:32+9900',
  '2026-06-12T11:35:32+0060',
  'Fri, 12 Jun 2026 11:35:32 +0000',
  true,
  null,
  [1_781_252_132],
])('does not guess at %j', (time) => {
  expect(read(time)).toBeUndefined();
});

it('says in one sentence which times it reads', () => {
  const sentence =
    'must be an ISO 8601 time with a zone, such as 2026-11-23T09:30:00Z, or a Unix time of 10 digits (seconds) or 13 (milliseconds)';
  for (const time of ['yesterday', 7, null, {}]) {
    const { issues } = v.safeParse(upstreamInstant, time, { abortEarly: true });
    expect(issues?.map(({ message }) => message)).toEqual([sentence]);
  }
});

it('reads the times of upstream in any zone, and writes them in ours', () => {
  expect(read('2026-11-23T09:30:00Z')).toBe('2026-11-23T09:30:00.000Z');
  expect(read('2026-11-23T10:30:00.5+01:00')).toBe('2026-11-23T09:30:00.500Z');
  expect(read('2026-11-23T09:30:00.123456789Z')).toBe('2026-11-23T09:30:00.123Z');
  for (const text of [
    '2026-11-23T09:30Z',
    '2026-11-23T09:30:00',
    '2026-11-23',
    '2026-11-23T09:30:00.000+1:00',
    '9999-12-31T23:59:59-01:00',
    '0000-01-01T00:00:00+01:00',
    '2026-99-23T09:30:00Z',
    '2026-02-30T00:00:00Z',
    '2026-02-28T24:00:00+01:00',
    '2025-02-29T12:00:00Z',
  ]) {
    expect(read(text)).toBeUndefined();
  }
});
