import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { folders } from '../../dev/sizes/measure.ts';

const root = join(import.meta.dirname, '../..');

/** Files of the repository with such an end, from its root. */
export function filesEnding(...ends: readonly string[]): string[] {
  const inFolders = ['docs', ...folders].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  );
  return [...readdirSync(root), ...inFolders].filter((path) => ends.some((end) => path.endsWith(end)));
}

export function exists(path: string): boolean {
  return existsSync(join(root, path));
}

export function filesIn(folder: string): string[] {
  return exists(folder) ? readdirSync(join(root, folder)) : [];
}

export function read(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}
