import { setFlagsFromString } from 'node:v8';

/*
 * Node has no public way to run all waiting microtasks from synchronous code, and a simulation that went back to the
 * event loop after each step would let others run in between and would be a third slower. V8 itself has one.
 */
setFlagsFromString('--allow-natives-syntax');
// oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- natives syntax is no TypeScript
const checkpoint: unknown = new Function('%PerformMicrotaskCheckpoint();');
setFlagsFromString('--no-allow-natives-syntax');

/** Runs every promise reaction that waits, and those that they cause. */
export function runMicrotasks(): void {
  if (typeof checkpoint === 'function') Reflect.apply(checkpoint, undefined, []);
}

/**
 * Runs a synchronous task from where `runMicrotasks` works: V8 ignores it inside of a microtask, and every `async`
 * function is in one after its first `await`.
 */
export function outsideMicrotasks<T>(task: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(task());
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
  });
}
