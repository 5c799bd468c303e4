import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, in which Linux counts (`getconf CLK_TCK`; 100 on every common system). */
const ticksPerSecond = 100;

/** CPU that a process and everything it has started have used so far, in seconds. Linux only. */
export function cpuSeconds(root: number): number {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(read);
  const tree = new Set([root]);
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const ticks = processes.filter(({ pid }) => tree.has(pid)).reduce((sum, process) => sum + process.ticks, 0);
  return ticks / ticksPerSecond;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** Nothing for a process that has ended meanwhile. */
function read(name: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The command, in parentheses, may hold anything; the fields after it are state, parent … user time, system time,
    // and those of children that were waited for (proc(5)).
    const fields = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const ticks = fields.slice(11, 15).reduce((sum, value) => sum + value, 0);
    return [{ pid: Number(name), parent, ticks }];
  } catch {
    return [];
  }
}
