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

  test('runs in an account and a Region that are named', () => {
    const location = { account: '123456789012', region: 'us-gov-west-1' };
    const argv = ['--account', location.account, '--region', location.region];
    for (const source of ['--template', '--assembly'])
      expect(readLocalOptions([source, 'chat', ...argv])).toMatchObject({ source: location });
  });

  test.each(['eu-west-1', 'ap-southeast-2', 'us-isob-east-1', 'eusc-de-east-1', 'cn-northwest-1'])(
    'takes %s for a Region',
    (region) => expect(problemWith('--template', 'a', '--region', region)).toBe('none'),
  );

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
    ...['', '12345678901', '1234567890123', '1234-5678-9012'].map((account): [string[], string] => [
      ['--template', 'a', `--account=${account}`],
      `--account must be 12 digits such as 123456789012, not "${account}".`,
    ]),
    ...['', 'eu-west', 'EU-WEST-1', 'frankfurt', 'eu-west-1a', 'eu-west-1.evil'].map(
      (region): [string[], string] => [
        ['--template', 'a', `--region=${region}`],
        `--region must be the name of a Region such as eu-west-1, not "${region}".`,
      ],
    ),
    [['--assembly', 'a', '--data='], '--data must name a folder.'],
  ])('%j is refused in one sentence', (argv, sentence) => {
    expect(problemWith(...argv)).toBe(sentence);
  });
});
