import { dirname, join, normalize } from 'node:path';
import { expect, it } from 'vitest';
import { anchorsOf, headingsOf, leadsOf, withoutFences } from './markdown.ts';
import { exists, filesEnding, read } from './repository.ts';

const documents = filesEnding('.md');
const sources = filesEnding('.ts', '.mjs', '.cjs', '.js', '.json', '.editorconfig').filter(
  (path) => !path.includes('/fixtures/') && path !== 'package-lock.json',
);

/** Text in which a comment of several lines is one. */
function unwrapped(text: string): string {
  return text.replaceAll(/\n\s*(?:\*(?!\/)|\/\/)?\s*/g, ' ');
}

/** A document by its path from the root, and a heading of it in quotes. */
const mention = /((?:[\w-]+\/)*[\w-]+\.md)\b`?(?:\]\([^)]*\))?(?:(?:,| \() ?"([^"]+)")?/g;

interface Mention {
  readonly by: string;
  readonly document: string;
  readonly heading: string | undefined;
}

function mentionsIn(file: string): Mention[] {
  const text = file.endsWith('.md') ? withoutFences(read(file)) : read(file);
  return [...unwrapped(text).matchAll(mention)].map(([, document = '', heading]) => ({
    by: file,
    document,
    heading,
  }));
}

/** From the root, or from whoever names it. */
function documentOf({ by, document }: Mention): string | undefined {
  return [document, normalize(join(dirname(by), document))].find((path) => exists(path));
}

const mentions = [...sources, ...documents].flatMap(mentionsIn);

it('names documents that are there, in code and in documents', () => {
  // In capitals is what stands for a folder that somebody chooses.
  const named = mentions.filter(
    ({ by, document }) => (document.includes('/') || documents.includes(by)) && !/^[A-Z]+\//.test(document),
  );
  expect(named.filter((each) => documentOf(each) === undefined)).toEqual([]);
  expect(named.length).toBeGreaterThan(30);
});

it('names headings that are there', () => {
  const named = mentions.filter(({ heading }) => heading !== undefined);
  const missing = named.filter((each) => {
    const document = documentOf(each);
    if (document === undefined) return true;
    const text = read(document);
    return ![...headingsOf(text), ...leadsOf(text)].includes(each.heading?.replace(/[.,]$/, '') ?? '');
  });
  expect(missing).toEqual([]);
  expect(named.length).toBeGreaterThan(1);
});

it('links to files and headings that are there', () => {
  const links = documents.flatMap((from) =>
    [
      ...withoutFences(read(from))
        .replaceAll(/`[^`]*`/g, '')
        .matchAll(/\]\(([^)\s]+)\)/g),
    ].map(([, to = '']) => ({
      from,
      to,
    })),
  );
  const within = links.filter(({ to }) => !/^[a-z]+:/.test(to));
  const broken = within.filter(({ from, to }) => {
    const [path = '', anchor] = to.split('#');
    const target = path === '' ? from : normalize(join(dirname(from), path));
    return !exists(target) || (anchor !== undefined && !anchorsOf(read(target)).includes(anchor));
  });
  expect(broken).toEqual([]);
  expect(within.length).toBeGreaterThan(10);
});
