import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import flags from 'aws-cdk-lib/recommended-feature-flags.json' with { type: 'json' };
import cdkJson from '../../cdk.json' with { type: 'json' };
import { bundle, BundlingFailed } from '../../lib/bundles.ts';
import { functionRows } from '../../lib/function-rows.ts';
import { ownIssuer } from './synthesized.ts';
import type { Context } from './synthesized.ts';

const project = fileURLToPath(new URL('../..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'lobbybee-app-'));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Runs the app as the CDK's command does: by the line of `cdk.json`, context and output folder in the environment. */
function run(
  context: Context,
  outdir: string,
  variables: NodeJS.ProcessEnv = {},
): { status: number | null; stdout: string; stderr: string } {
  const [command = '', ...args] = cdkJson.app.split(' ');
  return spawnSync(command, args, {
    cwd: project,
    encoding: 'utf8',
    env: {
      ...process.env,
      CDK_OUTDIR: outdir,
      CDK_CONTEXT_JSON: JSON.stringify({ ...cdkJson.context, ...context }),
      ...variables,
    },
  });
}

function assets(outdir: string): string[] {
  return readdirSync(outdir).filter((entry) => entry.startsWith('asset.'));
}

describe('A wrong context', () => {
  test('ends the app with a sentence for each wrong value on stderr, and nothing else', () => {
    const outdir = join(scratch, 'wrong');
    const { status, stdout, stderr } = run({ stage: 'a/b', retentoinDays: '30' }, outdir);
    expect(stderr.trimEnd().split('\n')).toEqual([
      expect.stringMatching(/^Context retentoinDays is unknown; the known keys are .*\.$/),
      'Context stage is "a/b", but must be 1 to 128 letters, digits, hyphens and underscores.',
    ]);
    expect(stdout).toBe('');
    expect(status).toBe(1);
    expect(existsSync(join(outdir, 'manifest.json'))).toBe(false);
  });
});

test('code that cannot be bundled is refused with its file, line and reason', () => {
  const path = join(scratch, 'broken.ts');
  const options = { entryPoints: [path], absWorkingDir: scratch, write: false };
  writeFileSync(path, 'export const fine = 1;\nconst ( = 5;\n');
  expect(() => bundle(options)).toThrow(BundlingFailed);
  expect(() => bundle(options)).toThrow('broken.ts:2:6: Expected identifier but found "("');
});

test('cdk.json answers every feature flag as recommended, so that the CDK has nothing to say about them', () => {
  expect(cdkJson.context).toMatchObject(flags);
});

const names = Object.keys(functionRows);
const handlersExist = names.every((name) => existsSync(join(project, 'lambdas', `${name}.ts`)));

describe.runIf(handlersExist)('A good context', () => {
  const first = join(scratch, 'first');
  const second = join(scratch, 'second');
  const closed = { ...ownIssuer, allowedOrigins: 'https://staff.example.com' };
  let said: ReturnType<typeof run>;

  beforeAll(() => {
    said = run(closed, first);
    run(closed, second, { CDK_VALIDATION: 'false' });
  });

  test('synthesizes without a word', () => {
    expect(said).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  test('gives every function code of its own: one module with its map', () => {
    expect(assets(first)).toHaveLength(names.length);
    for (const asset of assets(first)) {
      expect(readdirSync(join(first, asset)).toSorted()).toEqual(['index.mjs', 'index.mjs.map']);
    }
  });

  test('gives the same source the same code, wherever it is built', () => {
    expect(assets(second)).toEqual(assets(first));
  });

  test('bundles everything but Node.js itself, and nothing that a module of ECMAScript cannot load', () => {
    for (const asset of assets(first)) {
      const module = join(first, asset, 'index.mjs');
      expect(readFileSync(module, 'utf8')).not.toContain('Dynamic require of');
      const { metafile } = buildSync({
        entryPoints: [module],
        bundle: true,
        write: false,
        metafile: true,
        platform: 'node',
        format: 'esm',
        packages: 'external',
      });
      const imported = Object.values(metafile.outputs).flatMap((output) => output.imports);
      expect(imported.filter(({ path }) => !isBuiltin(path))).toEqual([]);
    }
  });
});
