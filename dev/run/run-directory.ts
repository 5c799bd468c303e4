import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { makeDirectory, privateFolder } from '../../local/src/command-line/index.ts';
import { isAlive } from '../running.ts';

/** A directory for what one run needs and nobody else: its assembly and the certificate that it trusts. */
export interface RunDirectory {
  readonly path: string;
  remove(): Promise<void>;
}

/** Makes one in the data folder, and removes those of runs that were killed before they could. */
export async function createRunDirectory(dataDirectory: string, pid: number): Promise<RunDirectory> {
  const runs = join(dataDirectory, 'runs');
  makeDirectory(runs, privateFolder);
  const stale = (await readdir(runs)).filter((name) => !isAlive(Number.parseInt(name, 10)));
  await Promise.all(stale.map((name) => rm(join(runs, name), { recursive: true, force: true })));
  const path = await mkdtemp(join(runs, `${pid}-`));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}
