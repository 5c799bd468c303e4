import { expect, test } from 'vitest';
import { originHints } from '../../../dev/run/origin-hint.ts';

const refused = (origin?: unknown): string =>
  JSON.stringify({
    level: 'warn',
    event: 'refused',
    reason: 'the origin is not among allowedOrigins',
    origin,
  });

test('a page that is refused for its origin is said with the option that lets it in, once', () => {
  const hintOf = originHints();
  const sentence =
    'A page of http://localhost:5173 may not connect; npm start -- --origin http://localhost:5173 lets it.';
  expect(hintOf(refused('http://localhost:5173'))).toBe(sentence);
  expect(hintOf(refused('http://localhost:5173'))).toBeUndefined();
  expect(hintOf(refused('http://localhost:3000'))).toContain('--origin http://localhost:3000 ');
});

test('a page without an origin of its own is told what it needs', () => {
  expect(originHints()(refused('null'))).toBe(
    'A page of the origin "null" may not connect; serve it over http, and name its origin with --origin.',
  );
});

test.each([refused(), refused(1), 'an origin was "refused"', '{"refused"', '{"event":"connected"}', ''])(
  'nothing is said of %s',
  (line) => {
    expect(originHints()(line)).toBeUndefined();
  },
);

test('whoever invents origins is not told of for ever', () => {
  const hintOf = originHints();
  const hints = Array.from({ length: 1_000 }, (_, n) => hintOf(refused(`http://x${n}.example`)));
  expect(hints.filter((hint) => hint !== undefined)).toHaveLength(100);
});
