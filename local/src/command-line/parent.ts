import { sep } from 'node:path';

/** How often the parent is asked for, in milliseconds. The system tells nobody of a parent's end. */
const interval = 1000;

/**
 * Whether npm itself is the parent of this process. npm runs a script in a shell, whose place this process has only when
 * the script says `exec node` and this very file. A process that was started otherwise, by `nohup` or in the background of
 * another script, may be meant to outlive its parent.
 *
 * @param entry `process.argv[1]`.
 */
export function isNpmsOwn(environment: NodeJS.ProcessEnv, entry: string | undefined): boolean {
  const { npm_lifecycle_script: script = '' } = environment;
  if (entry === undefined) return false;
  const file = entry.split(sep).join('/');
  const words = script.split(/\s+/).filter((word) => word.includes('/'));
  return script.includes('exec node ') && words.some((word) => file.endsWith(`/${word}`));
}

/** Calls `gone` once when the parent has ended, at most a second later. The returned function ends the watch. */
export function watchParent(gone: () => void): () => void {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    gone();
  }, interval);
  timer.unref();
  return () => clearInterval(timer);
}
