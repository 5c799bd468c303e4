interface Collection<K, T> {
  entries(): Iterable<[K, T]>;
  has(key: K): boolean;
}

/**
 * Those of a set or a map that are still in it when their turn comes: for what calls the app, which may take some out and
 * put others in. What is put in meanwhile is not of this walk, which might never end otherwise.
 */
export function* stillIn<K, T>(all: Collection<K, T>): Generator<T> {
  for (const [key, value] of Array.from(all.entries())) if (all.has(key)) yield value;
}
