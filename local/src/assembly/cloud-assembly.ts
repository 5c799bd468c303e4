import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseJson } from '../json.ts';
import { Refusal } from '../refusal.ts';
import { parseTemplate, section, type Section, type StackSource } from './template.ts';

/** What a template that is tied to no account or Region gets. */
export interface DefaultLocation {
  readonly account: string;
  readonly region: string;
}

/**
 * Finds the stacks of a cloud assembly, which is what `cdk synth` writes.
 *
 * Source: cloud assembly manifest, `@aws-cdk/cloud-assembly-schema`.
 *
 * @throws Refusal when the directory is no assembly.
 */
export function readCloudAssembly(directory: string, fallback: DefaultLocation): StackSource[] {
  const root = resolve(directory);
  const artifacts = Object.entries(section(readJson(root, 'manifest.json')['artifacts']));
  const assets = readAssets(root, artifacts);
  const stacks = artifacts.filter(([, artifact]) => typeOf(artifact) === 'aws:cloudformation:stack');
  if (stacks.length === 0)
    throw new Refusal(`${root} holds no stack; run "cdk synth" to write a cloud assembly there.`);
  return stacks.map(([id, artifact]) => {
    const { properties, environment } = section(artifact);
    const { templateFile, stackName } = section(properties);
    const name = typeof stackName === 'string' ? stackName : id;
    // Folders are called after it.
    if (!/^[A-Za-z][A-Za-z0-9-]{0,127}$/.test(name))
      throw new Refusal(
        `The stack ${JSON.stringify(name)} must have a name of 1 to 128 letters, digits and hyphens, the first a letter.`,
      );
    return {
      name,
      ...location(environment, fallback),
      template: parseTemplate(readJson(root, String(templateFile))),
      assets,
    };
  });
}

/** `aws://account/region`, either of them `unknown-…` when the stack is tied to none. */
function location(environment: unknown, fallback: DefaultLocation): DefaultLocation {
  const [, account, region] = /^aws:\/\/([^/]+)\/(.+)$/.exec(String(environment)) ?? [];
  return {
    account: account === undefined || account === 'unknown-account' ? fallback.account : account,
    region: region === undefined || region === 'unknown-region' ? fallback.region : region,
  };
}

/** Only unpacked code is of interest: an asset that is a directory, which would be uploaded as a zip file. */
function readAssets(root: string, artifacts: readonly [string, unknown][]): Map<string, string> {
  const assets = new Map<string, string>();
  for (const [, artifact] of artifacts) {
    if (typeOf(artifact) !== 'cdk:asset-manifest') continue;
    const { file } = section(section(artifact)['properties']);
    for (const asset of Object.values(section(readJson(root, String(file))['files']))) {
      const path = join(root, String(section(section(asset)['source'])['path']));
      if (!isDirectory(path)) continue;
      for (const destination of Object.values(section(section(asset)['destinations']))) {
        assets.set(String(section(destination)['objectKey']), path);
      }
    }
  }
  return assets;
}

function typeOf(artifact: unknown): unknown {
  return section(artifact)['type'];
}

function readJson(root: string, file: string): Section {
  const path = join(root, file);
  const parsed = parseJson(readText(path));
  if (parsed === undefined) throw new Refusal(`${path} is not JSON; run "cdk synth" again to write it anew.`);
  return section(parsed);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new Refusal(`${path} cannot be read; run "cdk synth" to write a cloud assembly there.`, { cause });
  }
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
