import { once } from 'node:events';
import { Teardown } from '../teardown.ts';
import type { Terminal } from './command.ts';
import { isNpmsOwn, watchParent } from './parent.ts';
import { onStopRequest } from './stop-requests.ts';

export interface Started {
  /** Settles with a sentence when a part ended that nobody stopped. */
  readonly died: Promise<string>;
}

export interface StartPorts {
  /** Gets how to undo each thing as soon as it is done, so that it also undoes half a start. */
  readonly teardown: Teardown;
  /** Aborted when the process is asked to end while it starts. */
  readonly signal: AbortSignal;
}

/**
 * Starts something and keeps it until the process is asked to end (exit code 0) or a part of it dies (1); then undoes
 * what was done. The end of the npm that started it asks it to end too: killed outright, npm could not pass that on.
 */
export async function runUntilStopped(
  start: (ports: StartPorts) => Promise<Started>,
  terminal: Terminal,
): Promise<number> {
  const stopping = new AbortController();
  const { signal } = stopping;
  onStopRequest(() => stopping.abort(), Date.now);
  const teardown = new Teardown();
  const orphaned = (): void => {
    terminal.note('npm, which started this, has ended; so does this.');
    stopping.abort();
  };
  if (isNpmsOwn(process.env, process.argv[1])) teardown.add(watchParent(orphaned), (end) => end());
  try {
    const { died } = await start({ teardown, signal });
    const failure = await Promise.race([died, stopRequested(signal)]);
    if (failure === undefined) return 0;
    terminal.note(failure);
    return 1;
  } catch (error) {
    if (signal.aborted) return 0;
    throw error;
  } finally {
    await teardown.run();
  }
}

async function stopRequested(signal: AbortSignal): Promise<undefined> {
  if (!signal.aborted) await once(signal, 'abort');
}
