/** What a second signal may come after, in milliseconds. */
const patience = 1000;

/**
 * Calls `stop` at the first signal that asks the process to end; a later one ends it at once.
 *
 * Signals that come close together are one: npm passes on what the terminal has sent to everyone already. Ending at once
 * leaves no process behind (they are kept) and a directory that the next start removes.
 */
export function onStopRequest(stop: () => void, now: () => number): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = now();
        stop();
      } else if (now() - first > patience) {
        process.exit(130);
      }
    });
  }
}
