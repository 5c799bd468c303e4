import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A file of each row of the import table, with what it may import and what it may not. */
const rows = [
  {
    file: 'protocol/a.ts',
    may: ['valibot', './limits.ts'],
    mayNot: ['node:fs', '../lambdas/core/log.ts', '@aws-sdk/client-dynamodb'],
  },
  {
    file: 'client/a.ts',
    may: ['./link.ts', '../protocol/codec.ts'],
    mayNot: ['valibot', 'ws', 'node:fs', '../lambdas/core/log.ts', '../dev/start.ts', '../local/clock.ts'],
  },
  {
    file: 'lambdas/contract/a.ts',
    may: [],
    mayNot: ['valibot', 'node:fs', '../../protocol/limits.ts', '../core/log.ts'],
  },
  {
    file: 'lambdas/core/a.ts',
    may: ['valibot', './log.ts', '../../protocol/codec.ts'],
    mayNot: [
      'node:crypto',
      '@aws-sdk/lib-dynamodb',
      '../adapters/world.ts',
      '../contract/table.ts',
      '../composition.ts',
      '../../lib/stack.ts',
    ],
  },
  {
    file: 'lambdas/core/notify/a.ts',
    may: ['../append.ts', './event.ts', '../../../protocol/codec.ts'],
    mayNot: ['node:crypto', '../../adapters/world.ts', '../../contract/table.ts', '../../composition.ts'],
  },
  {
    file: 'lambdas/adapters/dynamodb/a.ts',
    may: [
      '@aws-sdk/lib-dynamodb',
      'node:crypto',
      '../../core/ports.ts',
      '../../contract/table.ts',
      '../../../protocol/limits.ts',
    ],
    mayNot: [
      'aws-cdk-lib',
      '../../subscribe.ts',
      '../../composition.ts',
      '../../../lib/stack.ts',
      '../../../local/clock.ts',
    ],
  },
  {
    file: 'lambdas/a.ts',
    may: ['./core/log.ts', './adapters/world.ts', './composition.ts', '../protocol/codec.ts'],
    mayNot: ['../lib/stack.ts', 'aws-cdk-lib', './subscribe.ts', '@aws-sdk/client-dynamodb'],
  },
  {
    file: 'lib/a.ts',
    may: [
      'aws-cdk-lib',
      'aws-cdk-lib/aws-lambda',
      'constructs',
      '../lambdas/contract/table.ts',
      '../protocol/limits.ts',
    ],
    mayNot: [
      '../lambdas/subscribe.ts',
      '../lambdas/core/log.ts',
      '../protocol/codec.ts',
      '../local/clock.ts',
    ],
  },
  {
    file: 'local/gateway/a.ts',
    may: ['node:http', 'node:fs/promises', 'ws', 'yaml', '../clock.ts', './limits.ts'],
    mayNot: [
      '../../protocol/limits.ts',
      '../../lambdas/contract/table.ts',
      '../../dev/start.ts',
      '../../lib/stack.ts',
      'valibot',
    ],
  },
  {
    file: 'dev/a.ts',
    may: ['../local/clock.ts', '../protocol/codec.ts', '../lambdas/contract/table.ts', 'node:fs'],
    mayNot: ['../lambdas/core/log.ts', '../lambdas/adapters/world.ts', '../lib/stack.ts'],
  },
] as const;

const diagnostics = v.object({
  diagnostics: v.array(v.object({ code: v.string(), filename: v.string(), message: v.string() })),
});

const project = join(import.meta.dirname, '../..');
let folder: string;
let refused: Map<string, string[]>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'import-table-'));
  await cp(join(project, '.oxlintrc.json'), join(folder, '.oxlintrc.json'));
  for (const { file, may, mayNot } of rows) {
    await mkdir(dirname(join(folder, file)), { recursive: true });
    const lines = [...may, ...mayNot].map((specifier) => `import '${specifier}';`);
    await writeFile(join(folder, file), lines.join('\n'));
  }
  refused = await lint(folder);
});

afterAll(() => rm(folder, { recursive: true }));

describe('the import table of the design', () => {
  for (const { file, may, mayNot } of rows) {
    for (const specifier of mayNot) {
      it(`keeps ${specifier} out of ${file}`, () => expect(refused.get(file)).toContain(specifier));
    }
    for (const specifier of may) {
      it(`lets ${specifier} into ${file}`, () => expect(refused.get(file)).not.toContain(specifier));
    }
  }
});

/** The specifiers that the linter refuses, by file. */
async function lint(directory: string): Promise<Map<string, string[]>> {
  const oxlint = join(project, 'node_modules/oxlint/bin/oxlint');
  const { stdout } = await promisify(execFile)(process.execPath, [oxlint, '--format=json', '.'], {
    cwd: directory,
  }).catch((failure: { stdout: string }) => failure);
  const found = new Map<string, string[]>();
  for (const { code, filename, message } of v.parse(v.pipe(v.string(), v.parseJson(), diagnostics), stdout)
    .diagnostics) {
    const specifier = /^'(.+)' import is restricted/.exec(message)?.[1];
    if (code === 'eslint(no-restricted-imports)' && specifier !== undefined) {
      found.set(filename, [...(found.get(filename) ?? []), specifier]);
    }
  }
  return found;
}
