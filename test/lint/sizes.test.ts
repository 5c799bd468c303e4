import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { folders, measure } from '../../dev/sizes/measure.ts';

const root = join(import.meta.dirname, '../..');

/**
 * As `.oxlintrc.json` has it for everything but files with lists of tests: the linter takes such a list, the body of a
 * `describe`, for a function.
 */
const most = 60;

it('holds every function to 60 lines, in tests too, where only a list of tests may be longer', async () => {
  const sizes = await measure(root, folders);
  const long = sizes.filter(({ lines, listOfTests }) => lines > most && !listOfTests);
  expect(long).toEqual([]);
  expect(sizes.length).toBeGreaterThan(1000);
});

it('measures what stands in a list of tests, and leaves out functions of one line', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'lobbybee-sizes-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  await writeFile(
    join(folder, 'a.test.ts'),
    "describe('a', () => {\n  it('b', () => {\n    c();\n\n  });\n});\nexport const c = () => 1;\n",
  );
  const sizes = await measure(folder, ['a.test.ts']);
  expect(sizes.map(({ line, lines, listOfTests }) => ({ line, lines, listOfTests }))).toEqual([
    { line: 1, lines: 6, listOfTests: true },
    { line: 2, lines: 4, listOfTests: false },
  ]);
});
