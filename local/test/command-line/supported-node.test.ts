import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseJson, valueAt } from '../../src/json.ts';

const root = join(import.meta.dirname, '../../..');
const check = 'local/src/command-line/supported-node.cjs';

/** Runs the check as a Node.js that says it is of this version. */
function checked(version: string) {
  const versions = `Object.defineProperty(process, 'versions', { value: { node: '${version}' } })`;
  const argv = ['-e', `${versions}; require('./${check}')`];
  const { status, stdout, stderr } = spawnSync(process.execPath, argv, { cwd: root, encoding: 'utf8' });
  return { status, said: stdout + stderr };
}

it.each(['20.19.0', '20.20.1', '22.0.0', '24.21.0'])('takes Node.js %s and says nothing', (version) => {
  expect(checked(version)).toEqual({ status: 0, said: '' });
});

it.each(['18.20.8', '20.18.3', '12.22.9'])('refuses Node.js %s in one sentence', (version) => {
  expect(checked(version)).toEqual({
    status: 1,
    said: `Node.js ${version} is too old: this needs 20.19 or newer.\n`,
  });
});

it('comes first in each command of README', () => {
  const scripts = valueAt(parseJson(readFileSync(join(root, 'package.json'), 'utf8')), ['scripts']);
  for (const name of ['start', 'token', 'chat', 'guest', 'local'])
    expect(valueAt(scripts, [name])).toMatch(new RegExp(`^node ${check} && exec node `));
  for (const name of ['test', 'test:quick'])
    expect(valueAt(scripts, [name])).toMatch(new RegExp(`^node ${check} && vitest run`));
});
