import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
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
    file: 'lambdas/adapters/a.ts',
    may: ['valibot', 'node:crypto', './dynamodb/client.ts', '../core/ports.ts', '../contract/table.ts'],
    mayNot: [
      'aws-cdk-lib',
      '../subscribe.ts',
      '../composition.ts',
      '../../lib/stack.ts',
      '../../client/index.ts',
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
    file: 'local/src/gateway/a.ts',
    may: ['node:http', 'node:fs/promises', 'ws', 'yaml', '../clock.ts', './limits.ts'],
    mayNot: [
      '../../../protocol/limits.ts',
      '../../../lambdas/contract/table.ts',
      '../../../dev/start.ts',
      '../../../lib/stack.ts',
      '../../test/support/eventually.ts',
      'valibot',
    ],
  },
  {
    file: 'local/src/a.ts',
    may: ['node:http', './gateway/limits.ts', './clock.ts'],
    mayNot: ['../../protocol/limits.ts', '../../lambdas/contract/table.ts', '../../dev/start.ts', 'valibot'],
  },
  {
    file: 'local/test/gateway/a.test.ts',
    may: ['vitest', 'valibot', '../../src/gateway/limits.ts', '../support/eventually.ts'],
    mayNot: [
      '../../../protocol/limits.ts',
      '../../../lambdas/contract/table.ts',
      '../../../dev/start.ts',
      '../../../lib/stack.ts',
      '../../../proving/simulation/plan.ts',
    ],
  },
  {
    file: 'local/bench/a.ts',
    may: ['../src/gateway/limits.ts', './iam-subject.ts'],
    mayNot: ['../../protocol/limits.ts', '../../lambdas/contract/table.ts', '../../dev/start.ts'],
  },
  {
    file: 'dev/a.ts',
    may: [
      '../local/src/index.ts',
      '../local/src/command-line/index.ts',
      '../protocol/codec.ts',
      '../lambdas/contract/table.ts',
      'node:fs',
    ],
    mayNot: [
      '../local/src/clock.ts',
      '../local/src/command-line/command.ts',
      '../lambdas/core/log.ts',
      '../lambdas/adapters/world.ts',
      '../lib/stack.ts',
      '../proving/simulation/plan.ts',
    ],
  },
  {
    file: 'dev/chat/a.ts',
    may: ['../../local/src/index.ts', '../../client/index.ts', './frames.ts', '../issuer/token.ts'],
    mayNot: [
      '../../local/src/clock.ts',
      '../../lambdas/core/log.ts',
      '../../lib/stack.ts',
      '../../proving/soak/soak.ts',
    ],
  },
  {
    file: 'bin/a.ts',
    may: ['aws-cdk-lib', '../lib/stack.ts', 'node:fs'],
    mayNot: ['../lambdas/contract/table.ts', '../protocol/limits.ts', '../dev/start.ts', 'valibot'],
  },
  {
    file: 'test/lambdas/core/a.test.ts',
    may: ['../../../lambdas/core/log.ts', '../../../local/src/index.ts', '../../support/world.ts'],
    mayNot: [
      '../../../local/src/clock.ts',
      '../../../local/src/command-line/command.ts',
      '../../../proving/simulation/plan.ts',
    ],
  },
  {
    file: 'bench/a.ts',
    may: ['../lambdas/core/pool.ts', '../local/src/index.ts'],
    mayNot: ['../local/src/clock.ts', '../proving/simulation/plan.ts'],
  },
  {
    file: 'proving/soak/a.ts',
    may: ['../simulation/plan.ts', '../../lambdas/core/log.ts', '../../local/src/index.ts'],
    mayNot: ['../../local/src/clock.ts', '../../local/src/gateway/limits.ts'],
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

const settings = v.object({
  overrides: v.array(v.object({ files: v.array(v.string()), rules: v.record(v.string(), v.unknown()) })),
});

describe('the import table of the design', () => {
  it('is shown to refuse in each of its rows', async () => {
    const text = await readFile(join(project, '.oxlintrc.json'), 'utf8');
    const { overrides } = v.parse(v.pipe(v.string(), v.parseJson(), settings), text);
    const globs = overrides
      .filter((override) => 'no-restricted-imports' in override.rules)
      .flatMap((override) => override.files);
    const shown = globs.filter((glob) => rows.some(({ file }) => matchesGlob(file, glob)));
    expect(globs.length).toBeGreaterThan(10);
    expect(shown).toEqual(globs);
  });

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

/** Whether a file is one of a glob's: `*` stands for part of a name, `**` for any number of folders. */
function matchesGlob(file: string, glob: string): boolean {
  const pattern = glob
    .replaceAll('.', '\\.')
    .replaceAll('**', '\0')
    .replaceAll('*', '[^/]*')
    .replaceAll('\0', '.*');
  return new RegExp(`^${pattern}$`).test(file);
}
