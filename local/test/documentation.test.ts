import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { withResourceTables } from '../src/documentation/resource-tables.ts';
import { differences } from './gateway/remote/remote-target.ts';

const document = readFileSync(join(import.meta.dirname, '../README.md'), 'utf8');

/** Cells of the table under a heading, without its first two rows. */
function tableAfter(text: string): string[][] {
  const rows = document.slice(document.indexOf(text)).split('\n');
  const table = rows.slice(rows.findIndex((row) => row.startsWith('|')));
  const length = table.findIndex((row) => !row.startsWith('|'));
  return table.slice(2, length === -1 ? undefined : length).map((row) =>
    row
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

it('names the types of resources as the code has them; npm run docs writes them anew', () => {
  expect(withResourceTables(document)).toBe(document);
});

it('has no place for the tables in a document without the marks', () => {
  expect(() => withResourceTables('# Else')).toThrow('The document has no place');
});

it('names each test that shows the absence of a fault as it is', () => {
  const rows = tableAfter('## Faults of other emulators');
  expect(rows.length).toBeGreaterThan(15);
  for (const [, , test = ''] of rows) {
    const [, file = '', title = ''] = /^`(.+)`: (.+)$/.exec(test) ?? [];
    expect(readFileSync(join(import.meta.dirname, 'gateway', file), 'utf8')).toContain(title);
  }
});

it('names the differences that the suite leaves out, with the reasons that it gives', () => {
  expect(tableAfter('| line | named difference')).toEqual(
    [...differences].map(([line, reason]) => [String(line), reason]),
  );
});
