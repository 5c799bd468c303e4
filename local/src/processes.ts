import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process and whatever it starts itself: one group, signalled together. */
export interface KeptProcess {
  readonly pid: number;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exited: Promise<ProcessExit>;
  /** Does nothing when the group is gone. */
  signal(signal: NodeJS.Signals): void;
}

export interface SpawnOptions {
  /** The whole environment: nothing of this process's own is added. */
  readonly environment: Readonly<Record<string, string>>;
  readonly directory?: string;
}

/** Starts processes that never outlive this one, however it ends. */
export interface ProcessKeeper {
  /** Rejects with the system's error when the command cannot be started. */
  spawn(command: string, args: readonly string[], options: SpawnOptions): Promise<KeptProcess>;
  /** Kills what is still there, and ends the keeper itself. */
  stop(): Promise<void>;
}

/**
 * A process that is stopped (SIGSTOP) cannot notice that its parent was killed, so a shell of its own waits for the end of
 * this process: its standard input ends then, and it kills each group that it was told of and not told to forget.
 */
const reaper = `
trap '' INT TERM HUP
groups=' '
while read -r verb group; do
  case "$verb $groups" in
    watch*) groups="$groups$group " ;;
    forget*" $group "*) groups="\${groups%% $group *} \${groups#* $group }" ;;
  esac
done
for group in $groups; do kill -KILL "-$group" 2>/dev/null; done
`;

/** False on Windows, where nothing can be stopped and continued, and where no shell watches. */
export const hasProcessGroups = process.platform !== 'win32';

export function keepProcesses(): ProcessKeeper {
  const watcher = hasProcessGroups ? startReaper() : undefined;
  const tell = (line: string): void => void watcher?.stdin?.write(`${line}\n`);

  return {
    async spawn(command, args, options) {
      const child = spawn(command, args, {
        // A group of its own: Ctrl-C on the terminal reaches this process only, which then stops the others in order.
        detached: hasProcessGroups,
        env: options.environment,
        ...(options.directory === undefined ? {} : { cwd: options.directory }),
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      if (child.pid !== undefined) tell(`watch ${child.pid}`);
      const exited = exitOf(child).then((exit) => {
        signalGroup(child.pid, 'SIGKILL');
        tell(`forget ${child.pid}`);
        return exit;
      });
      await once(child, 'spawn');
      return keep(child, exited);
    },
    async stop() {
      if (watcher === undefined) return;
      watcher.stdin?.end();
      if (watcher.exitCode === null && watcher.signalCode === null) await once(watcher, 'exit');
    },
  };
}

function startReaper(): ChildProcess {
  const watcher = spawn('/bin/sh', ['-c', reaper], { detached: true, stdio: ['pipe', 'ignore', 'ignore'] });
  // Without its reader the pipe breaks; what was started still ends in order, only not when this process is killed.
  watcher.stdin.on('error', () => undefined);
  watcher.on('error', () => undefined);
  return watcher;
}

function keep(child: ChildProcess, exited: Promise<ProcessExit>): KeptProcess {
  const { pid, stdout, stderr } = child;
  if (pid === undefined || stdout === null || stderr === null)
    throw new Error('A started process has a pid and pipes.');
  return { pid, stdout, stderr, exited, signal: (signal) => signalGroup(pid, signal) };
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(hasProcessGroups ? -pid : pid, signal);
  } catch {
    // The group is gone, which is what a signal could at most have achieved.
  }
}

function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('error', () => resolve({ code: null, signal: null }));
    child.once('exit', (code, signal) => resolve({ code, signal }));
  });
}
