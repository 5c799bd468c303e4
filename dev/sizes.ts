/** `npm run sizes`: the median and the longest function of each folder; of each file too under the paths that follow `--`. */
import { dirname, join } from 'node:path';
import { folders, measure, type FunctionSize } from './sizes/measure.ts';

function byName(sizes: readonly FunctionSize[], nameOf: (size: FunctionSize) => string): string[] {
  const names = [...new Set(sizes.map(nameOf))].toSorted();
  return names.map((name) =>
    rowOf(
      name,
      sizes.filter((size) => nameOf(size) === name),
    ),
  );
}

function rowOf(name: string, sizes: readonly FunctionSize[]): string {
  const sorted = sizes.toSorted((one, other) => one.lines - other.lines);
  const median = sorted[Math.floor(sorted.length / 2)];
  const longest = sorted.at(-1);
  const where = longest === undefined ? '' : `${longest.file}:${longest.line}`;
  return row(name, `${sorted.length}`, `${median?.lines}`, `${longest?.lines}`, where);
}

function row(name: string, count: string, median: string, longest: string, where: string): string {
  return `${name.padEnd(44)}${count.padStart(9)}${median.padStart(8)}${longest.padStart(9)}  ${where}`.trimEnd();
}

const paths = process.argv.slice(2);
const measured = await measure(join(import.meta.dirname, '..'), paths.length === 0 ? folders : paths);
const sizes = measured.filter(({ listOfTests }) => !listOfTests);
const lines = [
  row('lines of functions with more than one', 'functions', 'median', 'longest', ''),
  ...byName(sizes, ({ file }) => dirname(file)),
  ...(paths.length === 0 ? [] : ['', ...byName(sizes, ({ file }) => file)]),
  '',
  ...byName(sizes, () => 'all'),
];
process.stdout.write(`${lines.join('\n')}\n`);
