import { readdir, readFile } from 'node:fs/promises';

/** The processes that a process started, and those that they started, and so on (Linux). */
export async function descendantsOf(pid: number): Promise<number[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const stats = (await Promise.all(all.map((name) => statOf(Number(name))))).filter(
    (stat) => stat !== undefined,
  );
  const found = new Set([pid]);
  // Until a round adds nothing: a child may stand before its parent in the list.
  for (let before = 0; before < found.size;) {
    before = found.size;
    for (const stat of stats) if (found.has(stat.parent)) found.add(stat.pid);
  }
  found.delete(pid);
  return [...found];
}

/** Whether a process runs or waits; one that only has not been collected yet does not. */
export async function isRunning(pid: number): Promise<boolean> {
  const stat = await statOf(pid);
  return stat !== undefined && stat.state !== 'Z';
}

async function statOf(pid: number): Promise<{ pid: number; state: string; parent: number } | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name in parentheses may hold anything; state and parent follow it.
    const [state = '', parent = ''] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid, state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
