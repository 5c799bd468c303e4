import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { makeDirectory } from '../src/make-directory.ts';
import { Refusal } from '../src/refusal.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'make-directory-'));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

it('makes a directory with those above it, the last one private when asked', () => {
  const path = join(folder(), 'a/b/keys');
  makeDirectory(path, 0o700);
  expect(statSync(path).mode & 0o777).toBe(0o700);
});

it('leaves one that is there as it is', () => {
  const path = folder();
  makeDirectory(path);
  expect(statSync(path).isDirectory()).toBe(true);
});

it.each([
  ['under a file', () => join(fileIn(folder()), 'data'), 'ENOTDIR'],
  ['in the place of a file', () => fileIn(folder()), 'EEXIST'],
])('refuses, in one sentence, one %s', (_, path, code) => {
  const wanted = path();
  expect(() => makeDirectory(wanted)).toThrow(Refusal);
  expect(() => makeDirectory(wanted)).toThrow(`The folder ${wanted} cannot be made (${code})`);
});

it.skipIf(process.platform !== 'linux')(
  'ends where no directory can be made at all (only Linux has /proc)',
  () => {
    expect(() => makeDirectory('/proc/nowhere/data')).toThrow('cannot be made (ENOENT)');
  },
);

function fileIn(directory: string): string {
  const path = join(directory, 'file');
  writeFileSync(path, '');
  return path;
}
