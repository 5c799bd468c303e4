import type { TextStorage } from '../../../client/index.ts';

/** A tab's `sessionStorage`: it survives a reload. */
export function sessionStorage(): TextStorage {
  const items = new Map<string, string>();
  return {
    getItem: (key) => items.get(key) ?? null,
    setItem: (key, value) => void items.set(key, value),
    removeItem: (key) => void items.delete(key),
  };
}
