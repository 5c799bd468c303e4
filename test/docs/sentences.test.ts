import { expect, it } from 'vitest';
import { sentencesOf, wordsIn } from './markdown.ts';
import { filesEnding, read } from './repository.ts';

const mostWords = 45;

/** Without the one that `npm run prove` writes. */
const documents = filesEnding('.md').filter((path) => path !== 'proving/proof.md');

it.each(documents)('has no sentence of more than 45 words: %s', (path) => {
  const sentences = sentencesOf(read(path));
  expect(sentences.filter((sentence) => wordsIn(sentence) > mostWords)).toEqual([]);
  expect(sentences.length).toBeGreaterThan(3);
});

it('counts the words of paragraphs and items, a piece of code as one, and nothing of tables and fences', () => {
  const markdown = [
    '# A heading',
    'One `npm run two` three',
    'four. Five ([six](seven.md))?',
    '',
    '- eight',
    '- nine 10 – e.g.',
    '| in a | table |',
    '```',
    'in a fence.',
    '```',
  ].join('\n');
  expect(sentencesOf(markdown).map(wordsIn)).toEqual([4, 2, 1, 3]);
});
