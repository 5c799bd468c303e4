import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataFolder, privateFile } from './private-files.ts';
import { Refusal } from './refusal.ts';
import { systemCode } from './system-code.ts';

/** A data folder that belongs to this process until it is released. */
export interface DataFolder {
  readonly path: string;
  release(): void;
}

/**
 * Makes the folder when it is missing, for its owner alone, and takes it: two runs on the same tables would corrupt each
 * other.
 *
 * @throws Refusal when a process that is alive has it, or when it cannot be used. What a dead one left behind is taken over.
 */
export function takeDataFolder(path: string): DataFolder {
  makeDataFolder(path);
  const file = join(path, 'lock');
  const owner = ownerOf(process.pid);
  for (;;) {
    if (writeNew(file, owner)) break;
    const holder = read(file).trim();
    if (isAlive(holder)) {
      const pid = holder.split(' ')[0] ?? '';
      throw new Refusal(
        `The data folder ${path} is in use by process ${pid}: stop that one, or choose another folder.`,
      );
    }
    rmSync(file, { force: true });
  }
  return { path, release: () => rmSync(file, { force: true }) };
}

function writeNew(file: string, text: string): boolean {
  try {
    writeFileSync(file, `${text}\n`, { flag: 'wx', mode: privateFile });
    return true;
  } catch (error) {
    if (systemCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Empty for one that was released meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/** The process's id and, where the system tells it, when it started: ids are given again after a while. */
function ownerOf(pid: number): string {
  return `${pid} ${startTime(pid) ?? ''}`.trim();
}

function isAlive(holder: string): boolean {
  const [id = '', started] = holder.split(' ');
  const pid = Number(id);
  if (!Number.isInteger(pid) || pid <= 0 || !exists(pid)) return false;
  return started === undefined || startTime(pid) === started;
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // A process of somebody else is alive too.
    return systemCode(error) === 'EPERM';
  }
}

/** Field 22 of /proc/{pid}/stat, counted behind the name, which may hold spaces. Only on Linux. */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
