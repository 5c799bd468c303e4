import { describe, expect, it } from 'vitest';
import { readYaml } from '../../src/assembly/yaml.ts';

function valueOf(text: string): unknown {
  const read = readYaml(text);
  if ('problem' in read) throw new Error(read.problem);
  return read.value;
}

function problemOf(text: string): string {
  const read = readYaml(text);
  if ('value' in read) throw new Error('It was read.');
  return read.problem;
}

describe('YAML of a template', () => {
  it.each<[string, string, unknown]>([
    ['leaves a text in quotes alone', `["012", 'yes', "~", '']`, ['012', 'yes', '~', '']],
    ['leaves a block alone', 'a: |\n  012\nb: >-\n  yes\n', { a: '012\n', b: 'yes' }],
    ['leaves what a tag says to be a text alone', '[!!str 012, ! yes]', ['012', 'yes']],
    ['reads a text as what a tag says it is', '[!!int "0x10", !!bool "yes"]', [16, true]],
    ['takes Y and N for texts, as values and as keys', '{ Y: N, n: y }', { Y: 'N', n: 'y' }],
    [
      'makes texts of other keys',
      'yes: 1\n8.0: 2\n012345678901: 3\n111122223333: 4\n',
      { true: 1, '8.0': 2, '1.2345678901E10': 3, '111122223333': 4 },
    ],
    ['leaves the text of a short form alone', '[!Ref 012, !Sub 8.0]', [{ Ref: '012' }, { 'Fn::Sub': '8.0' }]],
    ['reads inside of short forms', '!Select [010, !Ref A]', { 'Fn::Select': [8, { Ref: 'A' }] }],
    [
      'takes a name that every object has for a name',
      '{ __proto__: { a: 1 }, b: 2 }',
      JSON.parse('{"__proto__":{"a":1},"b":2}'),
    ],
    [
      'reads JSON with tabs and escapes',
      '{\n\t"a": "\\u00e9\\ud83d\\ude00\\/",\n\t"b": [1.50, null]\n}',
      { a: 'é😀/', b: ['1.5', null] },
    ],
  ])('%s', (_title, text, value) => {
    expect(valueOf(text)).toEqual(value);
  });

  it('follows aliases, also from inside of short forms', () => {
    expect(valueOf('a: &x [1, 2]\nb: *x\nc: !Join ["-", *x]\n')).toEqual({
      a: [1, 2],
      b: [1, 2],
      c: { 'Fn::Join': ['-', [1, 2]] },
    });
  });

  it('merges maps with "<<": own entries count most, then the first map', () => {
    const text = 'a: &a { x: 1, y: 1 }\nb: &b { y: 2, z: 2 }\nc: { z: 3, <<: [*a, *b] }\nd: { "<<": 5 }\n';
    expect(valueOf(text)).toMatchObject({ c: { x: 1, y: 1, z: 3 }, d: { '<<': 5 } });
  });

  it('goes down two hundred levels', () => {
    expect(JSON.stringify(valueOf(`${'['.repeat(199)}${']'.repeat(199)}`))).toHaveLength(398);
  });
});

describe('YAML of a template is refused', () => {
  /** Ten levels of ten aliases each. */
  const bomb = Array.from({ length: 10 }, (_, level) =>
    level === 0
      ? 'a0: &a0 [x]'
      : `a${level}: &a${level} [${Array(10)
          .fill(`*a${level - 1}`)
          .join(', ')}]`,
  ).join('\n');

  it.each([
    ['whose aliases stand for very much', bomb, 'its aliases stand for more than 100000 values'],
    ['whose alias stands in its own anchor', 'a: &x [*x]', 'the alias x stands in its own anchor'],
    ['that merges what is no map', 'a: &x 1\nb: { <<: *x }', '"<<" leads to something that is no map'],
    ['of brackets without an end', '['.repeat(100_000), 'it is nested more than 200 levels deep'],
    ['of a list in a list without an end', '- '.repeat(100_000), 'it is nested more than 200 levels deep'],
    ['of brackets below a comment', `# a\n${'['.repeat(100_000)}`, 'it is nested more than 200 levels deep'],
    [
      'of brackets in a second document',
      `a: 1\n---\n${'['.repeat(100_000)}`,
      'it is nested more than 200 levels deep',
    ],
    ['of two documents', 'a: 1\n---\nb: 2\n', 'it holds several documents, and a template is one'],
    [
      'with a number in base 60 that nobody can mean',
      `a: 1${':1'.repeat(1000)}`,
      '1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:1:… is a number in base 60 beyond every range; put a text into quotes',
    ],
    [
      'with a number in base 60 that is not kept exactly',
      'a: -90071992547409920:00',
      '90071992547409920:00 is a number in base 60 beyond every range; put a text into quotes',
    ],
    ['with a key twice', 'a: 1\na: 2', 'Map keys must be unique at line 2, column 1'],
    ['with a tag that there is not', 'a: !Foo b', 'Unresolved tag: !Foo at line 1, column 4'],
    [
      'with a tag that CloudFormation does not take',
      'a: !!binary aGk=',
      'Unresolved tag: tag:yaml.org,2002:binary at line 1, column 4',
    ],
    ['with an alias that leads nowhere', 'a: *x', 'the alias x has no anchor before it'],
  ])('%s', (_title, text, problem) => {
    expect(problemOf(text)).toBe(problem);
  });
});
