import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readStartOptions } from '../../../dev/run/start-options.ts';

describe('the options of npm start', () => {
  test('have defaults', () => {
    expect(readStartOptions([])).toEqual({
      port: 4510,
      dataDirectory: join(process.cwd(), '.local'),
      inMemory: false,
      iam: true,
      json: false,
      origins: [],
      context: new Map(),
    });
  });

  test('take context as the CDK does, with the last of two winning', () => {
    expect(readStartOptions(['-c', 'a=1', '-c', 'b=x=y', '-c', 'c=', '-c', 'a=2'])).toMatchObject({
      context: new Map([
        ['a', '2'],
        ['b', 'x=y'],
        ['c', ''],
      ]),
    });
  });

  test('turn the check of roles off when asked to', () => {
    expect(readStartOptions(['--no-iam'])).toMatchObject({ iam: false });
  });

  test('take origins of pages that may connect, one or several', () => {
    const argv = ['--origin', 'http://localhost:5173', '--origin', 'capacitor://localhost'];
    expect(readStartOptions(argv)).toMatchObject({
      origins: ['http://localhost:5173', 'capacitor://localhost'],
    });
  });

  test.each([
    [
      ['--origin', 'http://localhost:5173/'],
      '--origin must be an origin as browsers send it, such as http://localhost:5173, not "http://localhost:5173/".',
    ],
    [
      ['--origin', 'http://localhost:5173', '-c', 'allowedOrigins=*'],
      '--origin adds to the local defaults, and -c allowedOrigins replaces them; give one of the two.',
    ],
    [['--port', '70000'], '--port must be a whole number from 0 to 65535, not "70000".'],
    [['--port', 'http'], '--port must be a whole number from 0 to 65535, not "http".'],
    [['--data', ''], '--data must name a folder.'],
    [['-c', 'stage'], '-c must be followed by KEY=VALUE such as stage=try, not "stage".'],
    [['-c', '=x'], '-c must be followed by KEY=VALUE such as stage=try, not "=x".'],
    [
      ['--jsn'],
      'There is no option --jsn; there are --port, --data, --memory, --no-iam, --origin, --json, -c, --help.',
    ],
  ])('%j are refused with one sentence', (argv, sentence) => {
    expect(() => readStartOptions(argv)).toThrow(sentence);
  });
});
