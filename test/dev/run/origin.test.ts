import { expect, test } from 'vitest';
import { looksLikeOrigin } from '../../../dev/run/origin.ts';

test.each([
  'http://localhost:5173',
  'https://staff.example.com',
  'http://[::1]:3000',
  'capacitor://localhost',
  'tauri://localhost',
  'chrome-extension://abcdefghijklmnop',
])('%s can be an origin', (text) => {
  expect(looksLikeOrigin(text)).toBe(true);
});

test.each([
  'http://localhost:5173/',
  'http://LOCALHOST:5173',
  'http://localhost:80',
  'http://a,b',
  'https://user@a.example',
  'capacitor://localhost/',
  'capacitor://a,b',
  'capacitor://',
  'localhost:5173',
  'null',
  '*',
  '',
])('"%s" is none', (text) => {
  expect(looksLikeOrigin(text)).toBe(false);
});
