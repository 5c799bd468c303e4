import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { expect, test } from 'vitest';
import lockfile from '../../package-lock.json' with { type: 'json' };
import manifest from '../../package.json' with { type: 'json' };
import { functionRows } from '../../lib/function-rows.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const locked: Readonly<Record<string, object>> = lockfile.packages;

/** Folders of the packages that are bundled into the functions and the browser SDK, as the lockfile names them. */
function shipped(): Set<string> {
  const { metafile } = buildSync({
    absWorkingDir: project,
    entryPoints: [
      ...Object.keys(functionRows).map((name) => join('lambdas', `${name}.ts`)),
      'client/index.ts',
    ],
    outdir: 'unwritten',
    write: false,
    bundle: true,
    metafile: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    logLevel: 'silent',
  });
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
  return new Set(Object.keys(metafile.inputs).flatMap((path) => folder.exec(path) ?? []));
}

test('what ships comes with the dependencies, so that an audit without those for development sees all of it', () => {
  const packages = [...shipped()];
  expect(packages.length).toBeGreaterThan(10);
  expect(packages.filter((folder) => locked[folder] === undefined || 'dev' in locked[folder])).toEqual([]);
});

test('every dependency ships', () => {
  const packages = shipped();
  const unused = Object.keys(manifest.dependencies).filter((name) => !packages.has(`node_modules/${name}`));
  expect(unused).toEqual([]);
});
