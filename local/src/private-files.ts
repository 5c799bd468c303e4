import { chmodSync, lstatSync, readdirSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { makeDirectory } from './make-directory.ts';
import { Refusal } from './refusal.ts';

/** Modes of what a data folder holds: guests' messages, logs with their text, keys. For its owner alone. */
export const privateFile = 0o600;
export const privateFolder = 0o700;

/** What a run writes into its data folder. */
const files = ['dynamodb.sqlite', 'lock', 'running.json'];
const contents = [...files, 'code', 'keys', 'logs', 'queues', 'runs'];

/**
 * Makes a data folder that only its owner can look into, and takes from everybody else what earlier runs left there open.
 *
 * A folder that serves others too keeps its own mode: one that holds the home or the working directory, or that anybody may
 * write to, such as `/tmp`. What a run writes into it is private all the same.
 *
 * @throws Refusal when it cannot be made, or when something else stands in the place of one of its files.
 */
export function makeDataFolder(path: string): void {
  makeDirectory(path, privateFolder);
  for (const name of files) expectFile(join(path, name));
  if (!isShared(path)) restrict(path);
  for (const name of readdirSync(path)) {
    if (contents.some((known) => name === known || name.startsWith(`${known}-`)))
      restrictAll(join(path, name));
  }
}

function expectFile(path: string): void {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const found = statSync(path, { throwIfNoEntry: false });
  if (found?.isFile() === true) return;
  const what = found === undefined ? 'a link that leads nowhere' : 'no file';
  throw new Refusal(`${path} is ${what}; remove it, or choose another data folder.`);
}

function isShared(path: string): boolean {
  const holds = (other: string): boolean => !/^\.\.(?:$|[/\\])/.test(relative(path, resolve(other)));
  return holds(homedir()) || holds(process.cwd()) || (lstatSync(path).mode & 0o1000) !== 0;
}

function restrictAll(path: string): void {
  if (restrict(path)) for (const name of readdirSync(path)) restrictAll(join(path, name));
}

/** Whether it is a folder. What a link leads to is not ours, and what somebody else owns cannot be changed. */
function restrict(path: string): boolean {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined || found.isSymbolicLink()) return false;
  const isOwn = process.getuid === undefined || found.uid === process.getuid();
  if (isOwn && (found.mode & 0o077) !== 0) chmodSync(path, found.mode & 0o700);
  return found.isDirectory();
}
