import { mkdir, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createRunDirectory } from '../../../dev/run/run-directory.ts';
import { ended, spawnNode, temporaryDirectory } from '../support.ts';

describe('run directories', () => {
  test('of one data folder are apart, and go when they are removed', async () => {
    const data = await temporaryDirectory();
    const [one, other] = [
      await createRunDirectory(data, process.pid),
      await createRunDirectory(data, process.pid),
    ];
    expect(one.path).not.toBe(other.path);
    await one.remove();
    expect(await readdir(join(data, 'runs'))).toEqual([basename(other.path)]);
  });

  test('of runs that were killed go at the next start, those of living runs stay', async () => {
    const data = await temporaryDirectory();
    const gone = spawnNode(['-e', '']);
    await ended(gone);
    await mkdir(join(data, 'runs', `${gone.pid}-abc`, 'assembly'), { recursive: true });
    await mkdir(join(data, 'runs', `${process.ppid}-abc`));
    const own = await createRunDirectory(data, process.pid);
    const left = await readdir(join(data, 'runs'));
    expect(new Set(left)).toEqual(new Set([basename(own.path), `${process.ppid}-abc`]));
  });
});
