import { expect, it } from 'vitest';
import { originAllowed } from '../../../lambdas/core/origin.ts';

const listed = { allowed: ['https://app.example', 'https://inbox.example:8443'], required: false };

it.each<[string, string[], boolean]>([
  ['one that is listed', ['https://app.example'], true],
  ['one that is listed with its port', ['https://inbox.example:8443'], true],
  ['none, from a native client', [], true],
  ['another', ['https://evil.example'], false],
  ['null', ['null'], false],
  ['an empty one', [''], false],
  ['one that begins like a listed one', ['https://app.example.evil'], false],
  ['one that ends like a listed one', ['https://evil-app.example'], false],
  ['another scheme', ['http://app.example'], false],
  ['another port', ['https://app.example:444'], false],
  ['another case', ['https://APP.example'], false],
  ['a trailing slash', ['https://app.example/'], false],
  ['white space around it', [' https://app.example'], false],
  ['two values', ['https://app.example', 'https://app.example'], false],
  ['two in one value', ['https://app.example, https://app.example'], false],
  ['the asterisk', ['*'], false],
])('with a list: %s', (_, origins, allowed) => {
  expect(originAllowed(listed, origins)).toBe(allowed);
});

it('refuses none when one is required', () => {
  expect(originAllowed({ ...listed, required: true }, [])).toBe(false);
  expect(originAllowed({ ...listed, required: true }, ['https://app.example'])).toBe(true);
  expect(originAllowed({ allowed: ['*'], required: true }, [])).toBe(false);
});

it('takes any one, but not two, where any is allowed', () => {
  expect(originAllowed({ allowed: ['*'], required: false }, ['https://anywhere.example'])).toBe(true);
  expect(originAllowed({ allowed: ['*'], required: false }, ['https://a.example', 'https://b.example'])).toBe(
    false,
  );
});

it('takes none where none is listed', () => {
  expect(originAllowed({ allowed: [], required: false }, ['https://app.example'])).toBe(false);
});
