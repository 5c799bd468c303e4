import { describe, expect, it } from 'vitest';
import { onlineStage } from './support/stage.ts';

const noTexts = [
  [undefined, 'undefined'],
  [null, 'null'],
  [5, 'number'],
  [5n, 'bigint'],
  [['c1'], 'object'],
] as const;

const listen = (): void => {};

/** What each method says of a value in the place of a text. */
const calls = [
  ['sendMessage', 'conversationId', (value: unknown) => [value, 'hello']],
  ['sendMessage', 'text', (value: unknown) => ['c1', value]],
  ['subscribe', 'conversationId', (value: unknown) => [value, {}, listen]],
  ['conversations', 'department', (value: unknown) => [value, {}, listen]],
  ['conversations', 'status', (value: unknown) => ['spa', { status: value }, listen]],
  ['history', 'conversationId', (value: unknown) => [value]],
  ['route', 'conversationId', (value: unknown) => [value, 'spa']],
  ['route', 'department', (value: unknown) => ['c1', value]],
  ['closeConversation', 'conversationId', (value: unknown) => [value]],
  ['reopenConversation', 'conversationId', (value: unknown) => [value]],
] as const;

/** These have a meaning: no department, and the default. */
const means = (field: string, value: unknown): boolean =>
  (field === 'department' && value === null) || (field === 'status' && value === undefined);

describe('an app that is not checked for its types', () => {
  it.each(calls)('is told by %s with a sentence that its %s is no text', async (method, field, given) => {
    const scene = await onlineStage();
    const call: unknown = Reflect.get(scene.client, method);
    if (typeof call !== 'function') throw new Error(`there is no ${method}`);
    for (const [value, kind] of noTexts) {
      if (method === 'conversations' && means(field, value)) continue;
      const made = (async (): Promise<unknown> => Reflect.apply(call, scene.client, given(value)))();
      await expect(made).rejects.toMatchObject({
        name: 'ClientError',
        code: 'BAD_REQUEST',
        message: `${field}: must be a string; got ${kind}`,
      });
    }
    expect([scene.client.pending, scene.socket().sent]).toEqual([[], []]);
    scene.client.close();
    expect(scene.clock.pending()).toBe(0);
  });
});
