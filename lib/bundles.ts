import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Stack } from 'aws-cdk-lib';
import { Stage } from 'aws-cdk-lib';
import { Code } from 'aws-cdk-lib/aws-lambda';
import { buildSync, type BuildOptions, type Message } from 'esbuild';

const project = fileURLToPath(new URL('..', import.meta.url));
const entries = join(project, 'lambdas');

/**
 * Bundles every entry file in one run of esbuild and returns the code of one of them by its name. CDK's
 * `NodejsFunction` starts a package manager and an esbuild for each function: twice the time for a whole synthesis.
 *
 * When CDK says that this stack needs no bundling (`cdk list`, tests of the template), the code is the unbundled folder.
 */
export function bundleEntries(stack: Stack, names: readonly string[]): (name: string) => Code {
  if (!stack.bundlingRequired) return () => Code.fromAsset(entries);
  const folder = join(Stage.of(stack)?.assetOutdir ?? project, 'bundles');
  bundle({
    absWorkingDir: project,
    entryPoints: names.map((name) => ({ in: join(entries, `${name}.ts`), out: join(name, 'index') })),
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    mainFields: ['module', 'main'],
    minify: true,
    // Real names in stack traces, for a little size. The map is there, and not switched on: reading it costs a cold start.
    keepNames: true,
    sourcemap: true,
    sourcesContent: false,
    logLevel: 'silent',
  });
  return (name) => Code.fromAsset(join(folder, name));
}

/** The functions' code cannot be bundled: a sentence for each place that is wrong. */
export class BundlingFailed extends Error {
  override readonly name = 'BundlingFailed';
}

/** Runs esbuild. @throws BundlingFailed */
export function bundle(options: BuildOptions): void {
  try {
    buildSync(options);
  } catch (error) {
    if (!(error instanceof Error && 'errors' in error && Array.isArray(error.errors))) throw error;
    const messages: readonly Message[] = error.errors;
    throw new BundlingFailed(messages.map(sentence).join('\n'), { cause: error });
  }
}

function sentence({ text, location }: Message): string {
  return location === null ? text : `${location.file}:${location.line}:${location.column}: ${text}`;
}
