import { spawnSync } from 'node:child_process';

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  /** First letter: R, S running or waiting, T stopped, Z ended and not yet collected by its parent. */
  readonly state: string;
}

function processes(): ProcessRow[] {
  const listing = spawnSync('ps', ['-eo', 'pid=,ppid=,stat=']);
  const rows = listing.stdout
    .toString()
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent, state = ''] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state };
    });
  return rows.filter((row) => row.pid !== listing.pid);
}

export function isRunning(pid: number): boolean {
  return processes().some((row) => row.pid === pid && !row.state.startsWith('Z'));
}

export function isFrozen(pid: number): boolean {
  return processes().some((row) => row.pid === pid && row.state.startsWith('T'));
}

/** The process ids of what `pid` started, directly or not, and what of it still runs. */
export function descendants(pid: number): number[] {
  const rows = processes().filter((row) => !row.state.startsWith('Z'));
  const children = rows.filter((row) => row.parent === pid).map((row) => row.pid);
  return children.flatMap((child) => [child, ...descendants(child)]);
}
