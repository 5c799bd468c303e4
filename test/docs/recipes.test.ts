import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { withoutFences } from './markdown.ts';
import { exists, filesIn, read } from './repository.ts';

const sections = withoutFences(read('docs/developing.md')).split(/^## /m).slice(1);

/** A path in a piece of code, such as the command that it is given to: with a folder before it, or a known ending. */
const path = /(?:[\w.*-]+\/)+[\w.*-]*|[\w-][\w.*-]*\.(?:ts|md|json)\b/g;

/** Under the root, or in a folder that was named before in the section, itself or by a file in it. */
function missingIn(section: string): string[] {
  const known = new Set(['.']);
  return [...section.matchAll(/`([^`\n]+)`/g)]
    .flatMap(([, code = '']) => code.match(path) ?? [])
    .filter((named) => {
      const found = [...known].map((folder) => normalize(join(folder, named))).find(isThere);
      if (found === undefined) return true;
      known.add(found.endsWith('/') ? found : dirname(found));
      known.add(dirname(found));
      return false;
    });
}

/** `NAME` stands for the name of what is new, and `*` for any. */
function isThere(named: string): boolean {
  if (!/NAME|\*/.test(named)) return exists(named);
  const [folder, file] = [dirname(named), named.slice(dirname(named).length + 1)];
  const pattern = new RegExp(`^${file.replaceAll('.', '\\.').replaceAll(/NAME|\*/g, '.+')}$`);
  return filesIn(folder).some((each) => pattern.test(each));
}

it('has a recipe for an action, an event, a setting and a fault', () => {
  const recipes = sections
    .map((section) => section.split('\n', 1)[0])
    .filter((title) => title?.startsWith('A new '));
  expect(recipes).toHaveLength(4);
});

it.each(sections.map((section) => [section.split('\n', 1)[0], section] as const))(
  'names files and folders that are there: %s',
  (_, section) => {
    expect(missingIn(section)).toEqual([]);
    expect(section.match(path)?.length).toBeGreaterThan(3);
  },
);
