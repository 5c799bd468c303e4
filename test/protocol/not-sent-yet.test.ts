import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { errorFrame } from '../../protocol/codec.ts';
import { codes } from '../../protocol/codes.ts';
import { notSentYet } from '../../protocol/not-sent-yet.ts';

const root = join(import.meta.dirname, '../..');
const { statuses, retries, errorFields, events } = notSentYet;

const functions = readdirSync(join(root, 'lambdas'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts'))
  .map((path) => [path, readFileSync(join(root, 'lambdas', path), 'utf8')] as const);

it('is the list in docs/protocol.md', () => {
  const document = readFileSync(join(root, 'docs/protocol.md'), 'utf8');
  const [, section = ''] = document.split('\n## Not sent yet\n');
  const [chapter = ''] = section.split('\n## ');
  const listed = [...chapter.matchAll(/^\| `(\w+)` \|/gm)].map(([, what]) => what);
  expect(listed).toEqual(Object.values(notSentYet).flat().map(String));
});

it.each<[string, RegExp]>([
  ...statuses.map((status): [string, RegExp] => [
    `the status ${status}`,
    new RegExp(`status\\(${status}\\b`),
  ]),
  ...notSentYet.codes.map((code): [string, RegExp] => [`the code ${code}`, new RegExp(`'${code}'`)]),
  ...errorFields.map((field): [string, RegExp] => [`the field ${field}`, new RegExp(`\\b${field}\\b`)]),
  ...events.map((type): [string, RegExp] => [`the event ${type}`, new RegExp(`'${type}'`)]),
])('is sent by no function: %s', (_, pattern) => {
  expect(functions.length).toBeGreaterThan(50);
  expect(functions.flatMap(([path, text]) => (pattern.test(text) ? [path] : []))).toEqual([]);
});

it('is in no error frame, whatever its code', () => {
  for (const code of codes) {
    const frame = errorFrame({ code, message: '' });
    expect(retries.some((retry) => retry === frame.retry)).toBe(false);
    for (const field of errorFields) expect(frame).not.toHaveProperty(field);
  }
});
