import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  Parser,
  type CollectionTag,
  type Document,
  type ScalarTag,
  type YAMLMap,
} from 'yaml';
import { isRecord } from '../json.ts';
import { deepestNesting, isTooDeep } from './nesting.ts';
import { plainScalar, YamlProblem } from './yaml-scalars.ts';

export type ReadYaml = { readonly value: unknown } | { readonly problem: string };

/**
 * Reads YAML, and JSON with it, as CloudFormation does: version 1.1, short forms such as `!Ref`, scalars as `plainScalar`
 * has them. Aliases and `<<` are followed as `aws cloudformation package` follows them, which CloudFormation itself does not.
 */
export function readYaml(text: string): ReadYaml {
  // Comments and directives before a document are tokens of their own.
  const tokens = [...new Parser().parse(text)];
  if (tokens.some((token) => isTooDeep<unknown>(token, partsOf)))
    return { problem: `it is nested more than ${deepestNesting} levels deep` };
  const document = parseDocument(text, { version: '1.1', schema: 'failsafe', customTags: knownTags });
  const [error] = [...document.errors, ...document.warnings];
  if (error?.code === 'MULTIPLE_DOCS')
    return { problem: 'it holds several documents, and a template is one' };
  // Below its first line the parser shows the place, behind a colon.
  if (error !== undefined) return { problem: error.message.split(/[:.]?\n/)[0] ?? '' };
  try {
    return { value: new Reader(document).value(document.contents) };
  } catch (problem) {
    if (problem instanceof YamlProblem) return { problem: problem.message };
    throw problem;
  }
}

/** What a token of the parser holds: a document's value; keys and values of a collection. */
function* partsOf(token: unknown): Iterable<unknown> {
  if (!isRecord(token)) return;
  if (isRecord(token['value'])) yield token['value'];
  for (const item of [token['items'] ?? []].flat()) {
    if (isRecord(item)) yield* [item['key'], item['value']].filter(isRecord);
  }
}

/** Source: "Intrinsic function reference", AWS CloudFormation user guide. `!Ref` and `!Condition` have no `Fn::`. */
const shortForms: ReadonlyMap<string, string> = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...[
    'And',
    'Base64',
    'Cidr',
    'Equals',
    'FindInMap',
    'GetAtt',
    'GetAZs',
    'If',
    'ImportValue',
    'Join',
    'Not',
    'Or',
    'Select',
    'Split',
    'Sub',
    'Transform',
  ].map((name) => [`!${name}`, `Fn::${name}`] as const),
]);

/** Source: "CloudFormation template format": not `binary`, `omap`, `pairs`, `set` and `timestamp`. */
const scalarTags = ['bool', 'float', 'int', 'null'].map((name) => `tag:yaml.org,2002:${name}`);

/** Taken as they are; `Reader` makes of them what they mean. */
const knownTags: (CollectionTag | ScalarTag)[] = [
  ...[...shortForms.keys(), ...scalarTags].map((tag) => ({ tag, resolve: (value: string) => value })),
  ...[...shortForms.keys()].flatMap((tag) => [
    { tag, collection: 'seq' as const, resolve: (items: unknown) => items },
    { tag, collection: 'map' as const, resolve: (entries: unknown) => entries },
  ]),
];

/** Values that come out of aliases: a few lines can stand for billions of them. */
const mostAliased = 100_000;

class Reader {
  readonly #document: Document;
  /** Anchors whose aliases are being followed. */
  readonly #following = new Set<unknown>();
  #aliased = 0;

  constructor(document: Document) {
    this.#document = document;
  }

  value(node: unknown): unknown {
    if (this.#following.size > 0) this.#count();
    if (isAlias(node)) return this.#followed(node.resolve(this.#document), node.source);
    if (isScalar(node)) {
      const short = shortForms.get(node.tag ?? '');
      if (short !== undefined) return { [short]: node.value };
      return isPlain(node) ? plainScalar(String(node.value)) : node.value;
    }
    const short = isSeq(node) || isMap(node) ? shortForms.get(node.tag ?? '') : undefined;
    const value = isSeq(node) ? node.items.map((item) => this.value(item)) : this.#map(node);
    return short === undefined ? value : { [short]: value };
  }

  /** Keys are texts, whatever they are written as. */
  #map(node: unknown): unknown {
    if (!isMap(node)) return null;
    const merged = node.items.filter(({ key }) => isMergeKey(key)).map(({ value }) => this.#merged(value));
    const own = node.items
      .filter(({ key }) => !isMergeKey(key))
      .map(({ key, value }) => [String(this.value(key)), this.value(value)] as const);
    return Object.fromEntries([...merged.flat(), ...own]);
  }

  /** Of several maps the first counts. */
  #merged(node: unknown): (readonly [string, unknown])[] {
    const value = this.value(node);
    const maps = [value].flat().toReversed();
    if (!maps.every(isRecord)) throw new YamlProblem('"<<" leads to something that is no map');
    return maps.flatMap((map) => Object.entries(map));
  }

  #followed(anchor: unknown, name: string): unknown {
    if (anchor === undefined) throw new YamlProblem(`the alias ${name} has no anchor before it`);
    if (this.#following.has(anchor)) throw new YamlProblem(`the alias ${name} stands in its own anchor`);
    this.#following.add(anchor);
    try {
      return this.value(anchor);
    } finally {
      this.#following.delete(anchor);
    }
  }

  #count(): void {
    this.#aliased += 1;
    if (this.#aliased > mostAliased)
      throw new YamlProblem(`its aliases stand for more than ${mostAliased} values`);
  }
}

/** Without quotes, and not said to be a text by `!` or `!!str`. */
function isPlain({ type, tag }: { readonly type?: string | undefined; readonly tag?: string }): boolean {
  return tag === undefined ? type === 'PLAIN' : scalarTags.includes(tag);
}

function isMergeKey(key: YAMLMap['items'][number]['key']): boolean {
  return isScalar(key) && key.value === '<<' && isPlain(key);
}
