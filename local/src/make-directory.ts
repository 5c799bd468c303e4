import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { Refusal } from './refusal.ts';
import { systemCode } from './system-code.ts';

/**
 * Makes a directory and those above it that are missing. `mode` is for the last one; it stays as it is when it exists.
 *
 * Not Node's own `recursive`: where a parent exists and still takes no directory (`/proc`), that one never ends.
 *
 * @throws Refusal when it cannot be made.
 */
export function makeDirectory(path: string, mode?: number): void {
  try {
    make(path, mode);
  } catch (error) {
    if (systemCode(error) === undefined) throw error;
    throw new Refusal(
      `The folder ${path} cannot be made (${systemCode(error)}); name one in a place that can be written to.`,
      { cause: error },
    );
  }
}

function make(path: string, mode: number | undefined): void {
  try {
    mkdirSync(path, mode);
  } catch (error) {
    const isThere = existsSync(path);
    if (isThere && statSync(path).isDirectory()) return;
    if (isThere || systemCode(error) !== 'ENOENT' || existsSync(dirname(path))) throw error;
    make(dirname(path), undefined);
    make(path, mode);
  }
}
