import { expect, it } from 'vitest';
import { findingsOf } from './soak.ts';

const lines = [
  'seed 7: 20 clients for 1 minutes',
  '60 of 60 s | 20 of 20 online | deliveries 900',
  'S1 lost',
  '{"i":4}',
  '       12  socket reset',
  '        0  F1 invocation killed at an await',
  'too rare for a verdict: F1 invocation killed at an await: 0',
  'not judged here: L1, since nobody knows when it healed',
  'verdict red | 20 clients for 1 minutes, seed 7 | deliveries 900 | lost 1 | commit abc',
];

it('takes from the soak its verdict, its faults and what is wrong', () => {
  expect(findingsOf(lines, 1)).toEqual({
    colour: 'red',
    verdict: '20 clients for 1 minutes, seed 7; deliveries 900; lost 1; commit abc',
    findings: [
      'S1 lost',
      'too rare for a verdict: F1 invocation killed at an await: 0',
      'not judged here: L1, since nobody knows when it healed',
    ],
    table: {
      head: ['times', 'fault'],
      rows: [
        ['12', 'socket reset'],
        ['0', 'F1 invocation killed at an await'],
      ],
    },
  });
});

it.each([
  [lines, 3],
  [lines, null],
  [[], 0],
])('knows nothing of a soak that broke (%#)', (said, code) => {
  expect(() => findingsOf(said, code)).toThrow('and no verdict');
});
