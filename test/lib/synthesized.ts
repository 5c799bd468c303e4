import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { vi } from 'vitest';
import cdkJson from '../../cdk.json' with { type: 'json' };
import type { FunctionName } from '../../lib/function-rows.ts';
import { readSettings } from '../../lib/settings.ts';
import type { Settings } from '../../lib/settings.ts';
import { RealtimeStack } from '../../lib/stack.ts';

// Synthesis takes as long as the machine lets it, and none of these tests is about that.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

export type Context = Readonly<Record<string, unknown>>;
export type Properties = Readonly<Record<string, unknown>>;

export const ownIssuer: Context = { issuer: 'https://login.example.com', audience: 'realtime' };

/** The settings that a context stands for; a refused one fails the test with its sentences. */
export function settingsFrom(context: Context): Settings {
  const read = readSettings(context);
  if ('problems' in read) throw new Error(read.problems.join('\n'));
  return read.settings;
}

/**
 * Calls `use` with an app under the flags of `cdk.json`, and removes what it wrote. It neither bundles nor runs CDK's
 * own rules, which take longer than all the rest.
 */
export function withApp<T>(use: (app: App) => T): T {
  const outdir = mkdtempSync(join(tmpdir(), 'lobbybee-synth-'));
  const context = { ...cdkJson.context, 'aws:cdk:bundling-stacks': [] };
  try {
    return use(new App({ outdir, context, builtinCloudFormationValidation: false }));
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

export function synthesize(context: Context = {}): Template {
  return withApp((app) => Template.fromStack(new RealtimeStack(app, 'Test', settingsFrom(context))));
}

export function isProperties(value: unknown): value is Properties {
  return typeof value === 'object' && value !== null;
}

/** The value under a path of keys, or undefined. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let found = value;
  for (const key of path) found = isProperties(found) ? found[key] : undefined;
  return found;
}

/** Resources of a type by logical id. */
export function resources(template: Template, type: string): Readonly<Record<string, Properties>> {
  return template.findResources(type);
}

/** Logical id of a function: CDK ends it with eight digits of a hash. */
export function functionId(template: Template, name: FunctionName): string {
  const words = name.split('-').map((word) => `${word[0]?.toUpperCase()}${word.slice(1)}`);
  const wanted = new RegExp(`^Functions${words.join('')}Function[0-9A-F]{8}$`);
  const found = Object.keys(resources(template, 'AWS::Lambda::Function')).filter((id) => wanted.test(id));
  if (found.length !== 1) throw new Error(`${found.length} functions are called ${name}`);
  return `${found[0]}`;
}

export function functionProperties(template: Template, name: FunctionName): unknown {
  return at(resources(template, 'AWS::Lambda::Function'), functionId(template, name), 'Properties');
}
