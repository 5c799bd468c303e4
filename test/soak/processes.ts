import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

export interface FoundProcess {
  readonly pid: number;
  /** With its arguments. */
  readonly command: string;
  /** Not stopped (SIGSTOP), as an execution environment is between two events. */
  readonly awake: boolean;
}

/** The processes that a process started, and those that they started, and so on. */
export async function descendantsOf(root: number): Promise<FoundProcess[]> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,stat=,args=']);
  const all = stdout.split('\n').flatMap((line) => {
    const [, pid, parent, state = '', command = ''] = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(.*)$/.exec(line) ?? [];
    const found = { pid: Number(pid), parent: Number(parent), command, awake: !state.startsWith('T') };
    return pid === undefined || state.startsWith('Z') ? [] : [found];
  });
  const tree = new Set([root]);
  // Until a round adds nothing: a child may stand before its parent in the list.
  for (let before = 0; before < tree.size;) {
    before = tree.size;
    for (const { pid, parent } of all) if (tree.has(parent)) tree.add(pid);
  }
  return all.filter(({ pid }) => pid !== root && tree.has(pid));
}
