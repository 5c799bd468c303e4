import { vi } from 'vitest';

/** Waits until the check holds, on a machine as busy as it may be; fails with the check's own failure. */
export function eventually(check: () => void | Promise<void>): Promise<void> {
  return vi.waitFor(check, { timeout: 15_000, interval: 10 });
}
