import { randomUUID } from 'node:crypto';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import {
  makeDirectory,
  privateFile,
  privateFolder,
  Refusal,
  systemCode,
} from '../../local/src/command-line/index.ts';

/** Where a data folder keeps its secrets: readable by its owner alone. */
export function keyFile(dataDirectory: string, name: string): string {
  return join(dataDirectory, 'keys', name);
}

/**
 * The content of a private file, made by `create` when there is none.
 *
 * Processes that create it at the same moment all end with the same content: a file appears whole under its name or
 * not at all, and the first one to appear stays.
 */
export async function readOrCreate(path: string, create: () => Promise<string>): Promise<string> {
  return explained(path, async () => {
    const existing = await readIfThere(path);
    if (existing !== undefined) return existing;
    await withTemporaryFile(path, await create(), (temporary) => linkUnlessThere(temporary, path));
    return await readFile(path, 'utf8');
  });
}

/** Puts new content in the place of the old one; a reader sees the one or the other. */
export async function replace(path: string, content: string): Promise<void> {
  await explained(path, () => withTemporaryFile(path, content, (temporary) => rename(temporary, path)));
}

async function withTemporaryFile(
  path: string,
  content: string,
  use: (temporary: string) => Promise<void>,
): Promise<void> {
  makeDirectory(dirname(dirname(path)), privateFolder);
  makeDirectory(dirname(path), privateFolder);
  const temporary = `${path}.${randomUUID()}`;
  try {
    await writeFile(temporary, content, { mode: privateFile, flag: 'wx' });
    await use(temporary);
  } finally {
    await rm(temporary, { force: true });
  }
}

async function linkUnlessThere(from: string, to: string): Promise<void> {
  try {
    await link(from, to);
  } catch (error) {
    if (systemCode(error) !== 'EEXIST') throw error;
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function explained<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new Refusal(`The key file ${path} cannot be used (${systemCode(error)}); choose another --data.`, {
      cause: error,
    });
  }
}
