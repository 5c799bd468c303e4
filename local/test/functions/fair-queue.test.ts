import { expect, it } from 'vitest';
import { FairQueue } from '../../src/functions/fair-queue.ts';
import { arnOf, functionModel, testedFunctions } from '../support/local-functions.ts';

function queueOf(...items: readonly [item: string, source?: string][]): FairQueue<string> {
  const queue = new FairQueue<string>();
  for (const [item, source] of items) queue.push(item, source);
  return queue;
}

it('gives each source its turn, and keeps the order within each', () => {
  const queue = queueOf(['a1', 'a'], ['a2', 'a'], ['a3', 'a'], ['b1', 'b'], ['c1', 'c'], ['b2', 'b']);
  expect(queue.drain()).toEqual(['a1', 'b1', 'c1', 'a2', 'b2', 'a3']);
});

it('puts a source that comes back behind those that wait', () => {
  const queue = queueOf(['a1', 'a'], ['b1', 'b']);
  expect(queue.shift()).toBe('a1');
  queue.push('a2', 'a');
  expect(queue.drain()).toEqual(['b1', 'a2']);
});

it('keeps the order of what has no source', () => {
  expect(queueOf(['1'], ['2'], ['3']).drain()).toEqual(['1', '2', '3']);
});

it('tells how many wait, and has nothing when none does', () => {
  const queue = queueOf(['a1', 'a'], ['a2', 'a'], ['b1', 'b']);
  const lengths = [
    queue.length,
    queue.shift(),
    queue.length,
    queue.drain().length,
    queue.length,
    queue.shift(),
  ];
  expect(lengths).toEqual([3, 'a1', 2, 2, 0, undefined]);
});

it('lets the event of one connection run next, however many of another one wait', async () => {
  const { functions, invoke } = testedFunctions([functionModel('warm.count')]);
  await invoke('warm.count');
  const answered: string[] = [];
  const send = async (source: string): Promise<void> => {
    await functions.invoke(arnOf('warm.count'), '{}', { source });
    answered.push(source);
  };
  const flood = Array.from({ length: 100 }, () => send('flood'));
  await Promise.all([...flood, send('other')]);
  // One may run already, and one may have had its turn.
  expect(answered.indexOf('other')).toBeLessThanOrEqual(2);
});
