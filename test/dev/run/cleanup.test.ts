import { describe, expect, test } from 'vitest';
import { Cleanup } from '../../../dev/run/cleanup.ts';

describe('cleaning up', () => {
  test('undoes the last thing first, and everything in spite of a failure', async () => {
    const undone: string[] = [];
    const cleanup = new Cleanup();
    const step = (name: string) => () => Promise.resolve(void undone.push(name));
    cleanup.add(step('first'));
    cleanup.add(() => Promise.reject(new Error('stuck')));
    cleanup.add(step('last'));
    await expect(cleanup.run()).rejects.toThrow('stuck');
    expect(undone).toEqual(['last', 'first']);
    await cleanup.run();
    expect(undone).toHaveLength(2);
  });
});
