import { afterEach, describe, expect, it, vi } from 'vitest';
import { connect } from '../../client/index.ts';
import { systemPlatform } from '../../client/platform.ts';
import { FakeSocket } from './support/fake-socket.ts';

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

describe('a page on http:// in a local network, which has no crypto.randomUUID', () => {
  it('has ids of 128 random bits', () => {
    const bytes: { byteLength: number }[] = [];
    vi.stubGlobal('crypto', {
      getRandomValues(given: Uint8Array) {
        bytes.push(given);
        return given.fill(10);
      },
    });
    expect(systemPlatform().newId()).toBe('0a'.repeat(16));
    expect(bytes.map(({ byteLength }) => byteLength)).toEqual([16]);
  });

  it('has other ones each time', () => {
    const platform = systemPlatform();
    const ids = Array.from({ length: 1000 }, () => platform.newId());
    expect(new Set(ids).size).toBe(1000);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
  });
});

describe('what a platform lacks', () => {
  const options = { url: 'ws://192.0.2.1', token: () => new Promise<string>(() => {}) };

  it('is said at connect, and not when the first message is sent', () => {
    for (const crypto of [undefined, {}]) {
      vi.stubGlobal('crypto', crypto);
      const platform = { WebSocket: FakeSocket };
      expect(() => connect({ ...options, platform })).toThrow(
        'platform.newId: must be given where there is no crypto.getRandomValues',
      );
      connect({ ...options, platform: { ...platform, newId: () => 'mine' } }).close();
    }
    vi.unstubAllGlobals();
    vi.stubGlobal('WebSocket', undefined);
    expect(() => connect(options)).toThrow('platform.WebSocket: must be given where there is no global one');
  });
});

describe('a timer of the platform', () => {
  it('that is longer than a platform can wait does not fire at once', () => {
    vi.useFakeTimers();
    let fired = 0;
    const cancel = systemPlatform().clock.after(10 ** 12, () => fired++);
    vi.advanceTimersByTime(2 ** 31 - 2);
    expect(fired).toBe(0);
    cancel();
    expect(vi.getTimerCount()).toBe(0);
  });
});
