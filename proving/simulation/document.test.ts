import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { allFaultKinds } from './faults.ts';

const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const rows = text.split('\n').filter((line) => line.startsWith('| '));

it('the table of faults has F1 to F32, and names every kind that is counted, and no other', () => {
  const faults = rows.filter((row) => /^\| (F\d+|–) \|/.test(row));
  const numbers = faults.map((row) => row.split(' | ')[0]?.slice(2));
  expect(numbers).toEqual([...Array.from({ length: 32 }, (_, index) => `F${index + 1}`), '–']);
  const named = faults.flatMap((row) =>
    [...(row.split(' | ')[2] ?? '').matchAll(/`([^`]+)`/g)].map(([, kind]) => kind),
  );
  expect(new Set(named)).toEqual(new Set(allFaultKinds));
  expect(named).toHaveLength(allFaultKinds.length);
});

it('the table of invariants has each of them once', () => {
  const named = rows.flatMap((row) => /^\| ([SL]\d+|X) \|/.exec(row)?.[1] ?? []);
  const expected = [
    ...Array.from({ length: 10 }, (_, index) => `S${index + 1}`),
    'L1',
    'L2',
    'L3',
    'L4',
    'L5',
    'X',
  ];
  expect(named).toEqual(expected);
});
