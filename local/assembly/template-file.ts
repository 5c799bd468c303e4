import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { parseDocument, type CollectionTag, type ScalarTag, type Tags } from 'yaml';
import { Refusal } from '../refusal.ts';
import type { DefaultLocation } from './cloud-assembly.ts';
import { parseTemplate, type StackSource } from './template.ts';

/**
 * Reads a plain CloudFormation template, JSON or YAML, as the one stack that it describes.
 *
 * The stack has the name of the file. Paths in the template begin at the file's folder, as they do for
 * `aws cloudformation package`.
 *
 * @throws Refusal when the file is no template.
 */
export function readTemplateFile(file: string, location: DefaultLocation): StackSource {
  const path = resolve(file);
  const template = parseTemplate(parseYaml(path));
  if (template.resources.length === 0) {
    throw new Refusal(`${path} has no Resources; name a CloudFormation template in JSON or YAML.`);
  }
  const name = basename(path)
    .replace(/\.(ya?ml|json|template)$/, '')
    .replaceAll(/[^A-Za-z0-9]+/g, '-');
  return { name, ...location, template, assets: new Map(), directory: dirname(path) };
}

/** JSON is YAML, too. */
function parseYaml(path: string): unknown {
  const document = parseDocument(readText(path), { version: '1.1', customTags: cloudFormationTags });
  const [error] = [...document.errors, ...document.warnings];
  if (error !== undefined) {
    // Below its first line the parser shows the place, behind a colon.
    const [problem = ''] = error.message.split(/[:.]?\n/);
    throw new Refusal(
      `${path} is neither JSON nor YAML (${problem}); name a CloudFormation template in JSON or YAML.`,
    );
  }
  return document.toJS();
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Refusal(`${path} cannot be read; name a CloudFormation template in JSON or YAML.`, { cause });
  }
}

/** Source: "Intrinsic function reference", AWS CloudFormation user guide. `!Ref` and `!Condition` have no `Fn::`. */
const shortForms = [
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
];

/** Source: "CloudFormation template formats": YAML 1.1 without these; a date stays the text that it is. */
const unsupported = new Set(['binary', 'omap', 'pairs', 'set', 'timestamp']);

function cloudFormationTags(tags: Tags): Tags {
  const kept = tags.filter((tag) => !unsupported.has(typeof tag === 'string' ? tag : tagName(tag)));
  const named = shortForms.flatMap((name) => shortForm(`!${name}`, `Fn::${name}`));
  return [...kept, ...shortForm('!Ref', 'Ref'), ...shortForm('!Condition', 'Condition'), ...named];
}

function tagName({ tag }: CollectionTag | ScalarTag): string {
  return tag.slice(tag.lastIndexOf(':') + 1);
}

/** `!Name value` is short for `{ name: value }`, whatever the value is. */
function shortForm(tag: string, name: string): (CollectionTag | ScalarTag)[] {
  return [
    { tag, resolve: (value) => ({ [name]: value }) },
    { tag, collection: 'seq', resolve: (items) => ({ [name]: plain(items) }) },
    { tag, collection: 'map', resolve: (entries) => ({ [name]: plain(entries) }) },
  ];
}

function plain(node: { toJSON(): unknown }): unknown {
  return node.toJSON();
}
