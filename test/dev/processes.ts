import { readdir, readFile } from 'node:fs/promises';

/** A process as the system tells of it (Linux). */
export interface FoundProcess {
  readonly pid: number;
  readonly parent: number;
  /** `T`: stopped (SIGSTOP); `Z`: it has ended and has not been collected (proc(5)). */
  readonly state: string;
}

/** The processes that a process started, and those that they started, and so on. */
export async function descendantsOf(pid: number): Promise<number[]> {
  return (await processesUnder(pid)).map((found) => found.pid);
}

/** The same, with what the system tells of each. */
export async function processesUnder(root: number): Promise<FoundProcess[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = (await Promise.all(all.map((name) => statOf(Number(name))))).filter(
    (stat) => stat !== undefined,
  );
  const found = new Set([root]);
  // Until a round adds nothing: a child may stand before its parent in the list.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const stat of stats) if (found.has(stat.parent)) found.add(stat.pid);
  }
  return stats.filter(({ pid }) => pid !== root && found.has(pid));
}

/** Whether a process runs or waits; one that only has not been collected yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await statOf(pid);
  return stat !== undefined && stat.state !== 'Z';
}

/** With its arguments; empty for a process that is gone. */
export async function commandOf(pid: number): Promise<string> {
  try {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8')).replaceAll('\0', ' ').trim();
  } catch {
    return '';
  }
}

async function statOf(pid: number): Promise<FoundProcess | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; state and parent follow it.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
