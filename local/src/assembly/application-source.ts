import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { Refusal } from '../refusal.ts';
import { readCloudAssembly, type DefaultLocation } from './cloud-assembly.ts';
import { readTemplateFile } from './template-file.ts';
import type { StackSource } from './template.ts';

/** What `cdk synth` wrote, or one CloudFormation template that was written by hand. */
export type ApplicationSource = (CloudAssemblySource | TemplateFileSource) & {
  /** Values of template parameters by name, instead of their defaults. */
  readonly parameters?: ReadonlyMap<string, string>;
  /** For stacks that are tied to none: 12 digits. */
  readonly account?: string;
  /** For stacks that are tied to none, such as `eu-west-1`. */
  readonly region?: string;
};

interface CloudAssemblySource {
  readonly assemblyDirectory: string;
}

interface TemplateFileSource {
  /** JSON or YAML. */
  readonly templateFile: string;
  /** Folders of functions' code by logical id; the others' are where the template says. */
  readonly code?: ReadonlyMap<string, string>;
}

/**
 * Finds the stacks of an application.
 *
 * @throws Refusal when it is not there, or is told of code or parameters that it does not have, or of another account or
 *   Region than its own.
 */
export function readSources(source: ApplicationSource, fallback: DefaultLocation): StackSource[] {
  const { account = fallback.account, region = fallback.region } = source;
  const location = { account, region };
  const stacks =
    'assemblyDirectory' in source
      ? readCloudAssembly(source.assemblyDirectory, location)
      : [withCode(readTemplateFile(source.templateFile, location), source.code ?? new Map())];
  for (const stack of stacks) refuseElsewhere(stack, source);
  return withParameters(stacks, source.parameters ?? new Map());
}

/** A stack that is tied to an account or Region was synthesized for it. */
function refuseElsewhere(stack: StackSource, source: ApplicationSource): void {
  for (const [name, word] of [
    ['account', 'the account'],
    ['region', 'the Region'],
  ] as const) {
    const [own, given] = [stack[name], source[name]];
    if (given === undefined || given === own) continue;
    throw new Refusal(`${stack.name} belongs to ${word} ${own} and not to ${given}; leave ${given} out.`);
  }
}

function withCode(stack: StackSource, code: ReadonlyMap<string, string>): StackSource {
  const codeDirectories = new Map<string, string>();
  for (const [logicalId, path] of code) {
    if (!stack.template.resources.some((resource) => resource.logicalId === logicalId)) {
      throw new Refusal(`There is code for ${logicalId}, a resource that ${stack.name} does not have.`);
    }
    const directory = resolve(path);
    if (statSync(directory, { throwIfNoEntry: false })?.isDirectory() !== true) {
      throw new Refusal(`The code of ${logicalId} should lie in ${directory}, which is no folder.`);
    }
    codeDirectories.set(logicalId, directory);
  }
  return { ...stack, codeDirectories };
}

function withParameters(
  stacks: readonly StackSource[],
  parameterValues: ReadonlyMap<string, string>,
): StackSource[] {
  const known = new Set(stacks.flatMap(({ template }) => Object.keys(template.parameters)));
  for (const name of parameterValues.keys()) {
    if (known.has(name)) continue;
    const others = known.size === 0 ? 'there are none' : `there are ${[...known].join(', ')}`;
    throw new Refusal(`The template has no parameter ${name}; ${others}.`);
  }
  return stacks.map((stack) => ({ ...stack, parameterValues }));
}
