import { isUtf8 } from 'node:buffer';
import { readFileSync } from 'node:fs';
import { basename, dirname, resolve } from 'node:path';
import { Refusal } from '../refusal.ts';
import type { DefaultLocation } from './cloud-assembly.ts';
import { parseTemplate, type StackSource } from './template.ts';
import { readYaml } from './yaml.ts';

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
  const text = readText(path);
  if (text.length > longestTemplate)
    throw new Refusal(
      `${path} is longer than the ${longestTemplate} characters that CloudFormation takes; split it into several stacks.`,
    );
  const read = readYaml(text);
  if ('value' in read) return read.value;
  throw new Refusal(
    `${path} is neither JSON nor YAML (${read.problem}); name a CloudFormation template in JSON or YAML.`,
  );
}

/** Source: "CloudFormation quotas": 1 MB of a template in an S3 object. */
const longestTemplate = 1_048_576;

function readText(path: string): string {
  const bytes = readBytes(path);
  if (isUtf8(bytes) && encodingOf(bytes) === undefined) return bytes.toString();
  const encoding = encodingOf(bytes) ?? 'no UTF-8';
  throw new Refusal(`${path} is ${encoding}; save it in UTF-8, the encoding of CloudFormation templates.`);
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (cause) {
    throw new Refusal(`${path} cannot be read; name a CloudFormation template in JSON or YAML.`, { cause });
  }
}

/** Other encodings of Unicode, by what a template begins with in them: a mark, or a character of ASCII. */
const encodings: readonly (readonly [string, RegExp])[] = [
  ['in UTF-32', /^(?:\xff\xfe\0\0|\0\0\xfe\xff|[^\0]\0\0\0|\0\0\0[^\0])/],
  ['in UTF-16', /^(?:\xff\xfe|\xfe\xff|[^\0]\0|\0[^\0])/],
];

function encodingOf(bytes: Buffer): string | undefined {
  const start = bytes.toString('latin1', 0, 4);
  return encodings.find(([, beginning]) => beginning.test(start))?.[0];
}
