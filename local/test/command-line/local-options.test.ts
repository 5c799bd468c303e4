import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/command-line/command.ts';
import { readLocalOptions } from '../../src/command-line/local-options.ts';

function problemWith(...argv: string[]): string {
  try {
    readLocalOptions(argv);
  } catch (error) {
    return error instanceof UsageError ? error.message : `not a usage error: ${String(error)}`;
  }
  return 'none';
}

describe('npm run local', () => {
  test('runs an assembly, on any port and on a data folder that has its name', () => {
    expect(readLocalOptions(['--assembly', '../other/cdk.out'])).toEqual({
      source: { assemblyDirectory: resolve('../other/cdk.out'), parameters: new Map() },
      port: 0,
      dataDirectory: resolve('.local/other/cdk'),
      inMemory: false,
      json: false,
      iam: true,
      verbose: false,
    });
  });

  test('runs a template with code and parameters', () => {
    const argv = [
      '--template',
      'chat.yaml',
      '--code',
      'A=./a',
      '--code',
      'B=./b',
      '--parameter',
      'Equation=a=b',
    ];
    expect(
      readLocalOptions([...argv, '--port', '80', '--memory', '--json', '--verbose', '--no-iam']),
    ).toEqual({
      source: {
        templateFile: resolve('chat.yaml'),
        code: new Map([
          ['A', './a'],
          ['B', './b'],
        ]),
        parameters: new Map([['Equation', 'a=b']]),
      },
      port: 80,
      dataDirectory: resolve('.local/other/chat'),
      inMemory: true,
      json: true,
      iam: false,
      verbose: true,
    });
  });

  test('explains itself', () => expect(readLocalOptions(['--help'])).toBe('help'));

  test.each([
    [[], 'Say what to run: either --assembly cdk.out or --template template.yaml.'],
    [
      ['--assembly', 'a', '--template', 'b'],
      'Say what to run: either --assembly cdk.out or --template template.yaml.',
    ],
    [['--assembly', 'a', '--code', 'A=b'], '--code belongs to --template; an assembly holds its code.'],
    [
      ['--template', 'a', '--code', 'A'],
      '--code must be followed by KEY=VALUE such as ChatFunction=./src/chat, not "A".',
    ],
    [
      ['--template', 'a', '--parameter', '=b'],
      '--parameter must be followed by KEY=VALUE such as StageName=dev, not "=b".',
    ],
    [['--assembly', 'a', '--data='], '--data must name a folder.'],
  ])('%j is refused in one sentence', (argv, sentence) => {
    expect(problemWith(...argv)).toBe(sentence);
  });
});
