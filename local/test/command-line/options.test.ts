import { describe, expect, test } from 'vitest';
import { UsageError } from '../../src/command-line/command.ts';
import { readOptions, wholeNumber } from '../../src/command-line/options.ts';

const kinds = { port: 'value', json: 'flag', c: 'values' } as const;

function problemWith(...argv: string[]): string {
  try {
    readOptions(argv, kinds);
  } catch (error) {
    return error instanceof UsageError ? error.message : `not a usage error: ${String(error)}`;
  }
  return 'none';
}

describe('a command line', () => {
  test('gives values, flags and repeated values by name', () => {
    const options = readOptions(['--port', '80', '-c', 'a=1', '--json', '-c', 'b=2'], kinds);
    expect(options.value('port')).toBe('80');
    expect(options.has('json')).toBe(true);
    expect(options.values('c')).toEqual(['a=1', 'b=2']);
  });

  test('leaves out what is not given', () => {
    const options = readOptions([], kinds);
    expect([options.value('port'), options.has('json'), options.values('c')]).toEqual([undefined, false, []]);
  });

  test('takes a negative number as a value', () => {
    expect(readOptions(['--port', '-60'], kinds).value('port')).toBe('-60');
  });

  test.each([
    [['--prot', '80'], 'There is no option --prot; there are --port, --json, -c.'],
    [['--c', 'a=1'], 'There is no option --c; there are --port, --json, -c.'],
    [['-x'], 'There is no option -x; there are --port, --json, -c.'],
    [['--constructor'], 'There is no option --constructor; there are --port, --json, -c.'],
    [['80'], '"80" belongs to no option; there are --port, --json, -c.'],
    [['--'], '"--" belongs to no option; there are --port, --json, -c.'],
    [['--port'], '--port needs a value.'],
    [['--port', '--json'], '--port needs a value.'],
    [['--json=yes'], '--json takes no value.'],
    [['--port', '1', '--port', '2'], '--port is given twice; once is enough.'],
  ])('%j is refused with one sentence', (argv, sentence) => {
    expect(problemWith(...argv)).toBe(sentence);
  });
});

describe('a whole number', () => {
  test.each(['', '1.5', '1e3', '0x10', ' 1', 'ten', '65536', '-1', '99999999999'])(
    '%j is none from 0 to 65535',
    (text) => {
      expect(() => wholeNumber(text, 'port', 0, 65535)).toThrow(
        `--port must be a whole number from 0 to 65535, not "${text}".`,
      );
    },
  );

  test('may be negative where that has a meaning', () => {
    expect(wholeNumber('-60', 'expires', -100, 100)).toBe(-60);
  });
});
