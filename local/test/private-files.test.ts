import { chmodSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLocal } from '../src/index.ts';
import { makeDataFolder } from '../src/private-files.ts';
import { temporaryDirectory } from './support/temporary-directory.ts';

const modeOf = (path: string): string => (statSync(path).mode & 0o7777).toString(8);

/** Below a folder, what others than its owner may look into. */
function openTo(path: string): string[] {
  const all = readdirSync(path, { recursive: true }).map(String);
  return ['.', ...all].filter((name) => (statSync(join(path, name)).mode & 0o077) !== 0);
}

function openFolder(path: string, mode = 0o755): string {
  mkdirSync(path);
  chmodSync(path, mode);
  return path;
}

describe('a data folder', () => {
  it('is its owner’s alone, and so is everything that a run writes there', async () => {
    const dataDirectory = join(temporaryDirectory(), 'new');
    const assemblyDirectory = fileURLToPath(new URL('./fixtures/demo-assembly', import.meta.url));
    const running = await startLocal({ assemblyDirectory, dataDirectory, log: () => undefined });
    onTestFinished(() => running.stop());
    expect(readdirSync(dataDirectory)).toEqual(
      expect.arrayContaining(['code', 'dynamodb.sqlite', 'lock', 'logs']),
    );
    expect(openTo(dataDirectory)).toEqual([]);
    await running.stop();
    expect(openTo(dataDirectory)).toEqual([]);
  });

  it('of an earlier run that left it open is closed, with what that run wrote', () => {
    const path = openFolder(join(temporaryDirectory(), 'data'));
    const logs = openFolder(join(path, 'logs'));
    for (const file of [
      join(logs, 'chat.log'),
      join(path, 'dynamodb.sqlite'),
      join(path, 'dynamodb.sqlite-wal'),
    ]) {
      writeFileSync(file, 'a guest wrote');
      chmodSync(file, 0o644);
    }
    makeDataFolder(path);
    expect(openTo(path)).toEqual([]);
  });

  it('that serves others too keeps its mode, and only what runs write is closed', () => {
    const path = openFolder(join(temporaryDirectory(), 'shared'), 0o1777);
    const logs = openFolder(join(path, 'logs'));
    const pictures = openFolder(join(path, 'pictures'));
    makeDataFolder(path);
    expect([path, logs, pictures].map(modeOf)).toEqual(['1777', '700', '755']);
  });

  it('changes nothing that a link in it leads to', () => {
    const elsewhere = openFolder(join(temporaryDirectory(), 'elsewhere'));
    const path = openFolder(join(temporaryDirectory(), 'data'));
    symlinkSync(elsewhere, join(path, 'logs'));
    makeDataFolder(path);
    expect([path, elsewhere].map(modeOf)).toEqual(['700', '755']);
  });
});
