import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { printable, visible } from '../../src/command-line/printable.ts';
import { localCommand } from '../support/local-command.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

it.each([
  ['\u001b[31mred\u001b[0m', String.raw`\u001b[31mred\u001b[0m`],
  ['\u009b31m', String.raw`\u009b31m`],
  ['\u202eabc\u2066', String.raw`\u202eabc\u2066`],
  ['a\rb\u0007\u007f', String.raw`a\u000db\u0007\u007f`],
  ['one\n\ttwo, größer, 👨‍👩‍👧', 'one\n\ttwo, größer, 👨‍👩‍👧'],
])('shows %j so that a terminal obeys nothing of it', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

it('leaves JSON the same JSON', () => {
  const value = { name: '\u001b[31m\u009b\u202e\u2028"\\' };
  expect(JSON.parse(visible(JSON.stringify(value)))).toEqual(value);
});

it('leaves out of what guests and functions write what a terminal would obey', () => {
  expect(printable('\u001b[31mred\u001b[0m\u009b\u202e')).toBe('red');
});

it('prints what a template is called by without its colours', async () => {
  const template = join(temporaryDirectory(), 'template.json');
  const resources = { 'A\u001b[31m\u202e': { Type: 'AWS::\u009b31m::X' } };
  writeFileSync(template, JSON.stringify({ Resources: resources }));
  const { code, stderr } = await localCommand(
    '--template',
    template,
    '--memory',
    '--data',
    temporaryDirectory(),
  );
  expect([code, stderr]).toEqual([
    1,
    expect.stringContaining(String.raw`A\u001b[31m\u202e (AWS::\u009b31m::X): this type of resource`),
  ]);
});
