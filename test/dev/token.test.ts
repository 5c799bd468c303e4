import { readdir } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { upstreamSender } from '../../lambdas/core/conversation.ts';
import { headerOf, payloadOf, runDev, temporaryDirectory } from './support.ts';

const ana = ['--user', 'ana', '--hotel', 'grand', '--departments', 'front-desk,housekeeping'];

describe('npm run token', () => {
  test('prints the token alone, and makes the key when there is none', async () => {
    const data = await temporaryDirectory();
    const { code, stdout, stderr } = await runDev('token.ts', [...ana, '--data', data]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+\n$/);
    expect(headerOf(stdout)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
    const { iat, exp, ...claims } = payloadOf(stdout);
    expect(claims).toMatchObject({
      sub: 'ana',
      hotel_id: 'grand',
      departments: ['front-desk', 'housekeeping'],
    });
    expect(Number(exp) - Number(iat)).toBe(3600);
  });

  test('carries name and role, and a number of its own', async () => {
    const data = await temporaryDirectory();
    const argv = [...ana, '--name', 'Ana Á', '--role', 'manager', '--data', data];
    const [one, other] = await Promise.all([runDev('token.ts', argv), runDev('token.ts', argv)]);
    expect(payloadOf(one.stdout)).toMatchObject({ name: 'Ana Á', role: 'manager' });
    expect(headerOf(one.stdout)).toEqual(headerOf(other.stdout));
    expect(payloadOf(one.stdout)['jti']).not.toBe(payloadOf(other.stdout)['jti']);
  });

  test.each([
    [['--hotel', 'grand', '--departments', 'a'], '--user is missing; for example --user ana.'],
    [['--user', 'ana', '--departments', 'a'], '--hotel is missing; for example --hotel grand.'],
    [
      ['--user', 'ana', '--hotel', 'grand'],
      '--departments is missing; for example --departments front-desk,housekeeping.',
    ],
    [['--user', 'an a', '--hotel', 'grand', '--departments', 'a'], /^--user must be an id: .*\.$/],
    [
      ['--user', upstreamSender, '--hotel', 'grand', '--departments', 'a'],
      /^--user must not be upstream: .*\.$/,
    ],
    [['--user', 'ana', '--hotel', 'gr#and', '--departments', 'a'], /^--hotel must be an id: .*\.$/],
    [['--user', 'ana', '--hotel', 'grand', '--departments', 'a,,b'], /^--departments must be an id: .*\.$/],
    [
      [
        '--user',
        'ana',
        '--hotel',
        'grand',
        '--departments',
        Array.from({ length: 65 }, (_, n) => n).join(','),
      ],
      '--departments has more than the 64 that a token may list.',
    ],
    [[...ana, '--name', ''], '--name must have 1 to 128 characters.'],
    [[...ana, '--expires', '86401'], '--expires must be a whole number from -86400 to 86400, not "86401".'],
    [[...ana, '--colour', 'red'], /^There is no option --colour; there are .*\.$/],
  ])('%j is refused with one sentence, exit code 2 and no key', async (argv, sentence) => {
    const data = await temporaryDirectory();
    const { code, stdout, stderr } = await runDev('token.ts', [...argv, '--data', data]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.trimEnd()).toMatch(sentence);
    expect(stderr.split('\n')).toHaveLength(2);
    expect(await readdir(data)).toEqual([]);
  });
});
