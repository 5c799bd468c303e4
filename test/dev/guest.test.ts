import { describe, expect, test } from 'vitest';
import { runDev, temporaryDirectory } from './support.ts';

const hello = ['--hotel', 'grand', '--conversation', 'c1', '--text', 'Hello'];

describe('npm run guest', () => {
  test.each([
    [['--conversation', 'c1', '--text', 'x'], '--hotel is missing; for example --hotel grand.'],
    [['--hotel', 'grand', '--text', 'x'], '--conversation is missing; for example --conversation c1.'],
    [['--hotel', 'grand', '--conversation', 'c1'], '--text is missing; for example --text "Hello".'],
    [[...hello, '--department', 'front desk'], /^--department must be an id: .*\.$/],
  ])('%j is refused with one sentence and exit code 2', async (argv, sentence) => {
    const { code, stdout, stderr } = await runDev('guest.ts', argv);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd()).toMatch(sentence);
  });

  test('says in one sentence that nothing runs on a data folder', async () => {
    const data = await temporaryDirectory();
    const { code, stdout, stderr } = await runDev('guest.ts', [...hello, '--data', data]);
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(
      `Nothing runs on the data folder ${data}; begin with npm start, or name the folder of a running instance with --data.\n`,
    );
  });
});
