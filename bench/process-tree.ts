import { readdirSync, readFileSync } from 'node:fs';

/** Clock ticks a second, in which Linux counts (`getconf CLK_TCK`; 100 on every common system). */
const ticksPerSecond = 100;

/** The parts of a local run, by what they are. */
export interface Parts {
  /** The process that was started: gateway, management API, IAM and all else that is no process of its own. */
  readonly gateway: number;
  /** Execution environments, those that have ended included. */
  readonly functions: number;
  /** DynamoDB. */
  readonly engine: number;
}

/** CPU that a local run and everything it has started have used so far, in seconds. Linux only. */
export function cpuSeconds(root: number): Parts {
  const processes = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap(read);
  const tree = new Set([root]);
  for (let size = 0; size < tree.size;) {
    size = tree.size;
    for (const { pid, parent } of processes) if (tree.has(parent)) tree.add(pid);
  }
  const parts = { gateway: 0, functions: 0, engine: 0 };
  for (const { pid, command, ticks, ticksOfEnded } of processes) {
    if (!tree.has(pid)) continue;
    const part = pid === root ? 'gateway' : command === 'dynoxide' ? 'engine' : 'functions';
    parts[part] += ticks / ticksPerSecond;
    parts.functions += ticksOfEnded / ticksPerSecond;
  }
  return parts;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly command: string;
  readonly ticks: number;
  /** Of its children that have ended. */
  readonly ticksOfEnded: number;
}

/** Nothing for a process that has ended meanwhile. */
function read(name: string): Process[] {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
    // The command, in parentheses, may hold anything; the fields after it are state, parent … user time, system time,
    // and those of children that were waited for (proc(5)).
    const end = stat.lastIndexOf(')');
    const command = stat.slice(stat.indexOf('(') + 1, end);
    const fields = stat
      .slice(end + 2)
      .split(' ')
      .map(Number);
    const [, parent = 0] = fields;
    const [user = 0, system = 0, userOfEnded = 0, systemOfEnded = 0] = fields.slice(11, 15);
    const times = { ticks: user + system, ticksOfEnded: userOfEnded + systemOfEnded };
    return [{ pid: Number(name), parent, command, ...times }];
  } catch {
    return [];
  }
}
