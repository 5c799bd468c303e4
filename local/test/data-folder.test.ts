import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { takeDataFolder } from '../src/data-folder.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

describe('a data folder', () => {
  it('is made when it is missing, and free again after its release', () => {
    const path = join(temporaryDirectory(), 'new', 'folder');
    takeDataFolder(path).release();
    expect(existsSync(path)).toBe(true);
    takeDataFolder(path).release();
  });

  it('that is in use is refused with the process that has it', () => {
    const path = temporaryDirectory();
    const folder = takeDataFolder(path);
    expect(() => takeDataFolder(path)).toThrow(
      `The data folder ${path} is in use by process ${process.pid}: stop that one, or choose another folder.`,
    );
    folder.release();
  });

  it('of a process that is gone is taken over', () => {
    const path = temporaryDirectory();
    const { pid } = spawnSync('/bin/sh', ['-c', 'exit 0']);
    writeFileSync(join(path, 'lock'), `${pid}\n`);
    const folder = takeDataFolder(path);
    expect(readFileSync(join(path, 'lock'), 'utf8')).toContain(String(process.pid));
    folder.release();
  });

  it.each(['lock', 'dynamodb.sqlite', 'running.json'])(
    'is refused when its %s is a folder, or a link that leads nowhere',
    (name) => {
      const [folder, link] = [temporaryDirectory(), temporaryDirectory()];
      mkdirSync(join(folder, name));
      symlinkSync(join(link, 'gone'), join(link, name));
      expect(() => takeDataFolder(folder)).toThrow(
        `${join(folder, name)} is no file; remove it, or choose another data folder.`,
      );
      expect(() => takeDataFolder(link)).toThrow(
        `${join(link, name)} is a link that leads nowhere; remove it, or choose another data folder.`,
      );
    },
  );

  it.runIf(process.platform === 'linux')(
    'of an earlier process whose id another one has now is taken over',
    () => {
      const path = temporaryDirectory();
      writeFileSync(join(path, 'lock'), `${process.pid} 1\n`);
      takeDataFolder(path).release();
    },
  );
});
