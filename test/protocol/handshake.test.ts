import { expect, it } from 'vitest';
import { offer, tokenOffered } from '../../protocol/handshake.ts';

it('reads back what it offers', () => {
  expect(tokenOffered(offer('a.b.c').join(', '))).toBe('a.b.c');
  expect(tokenOffered(offer('a.b.c').join(','))).toBe('a.b.c');
});

it.each([
  '',
  ',',
  'lobbybee.v1',
  'lobbybee.v1,',
  'a.b.c',
  'a.b.c, lobbybee.v1',
  'lobbybee.v2, a.b.c',
  'lobbybee.v1, a, b',
])('finds no token in %j', (header) => {
  expect(tokenOffered(header)).toBeUndefined();
});
