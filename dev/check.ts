/** `npm run check`: what must hold before a change lands. `.ci/run` installs the dependencies, and runs this. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runSteps, type Step } from './check/steps.ts';

const root = join(import.meta.dirname, '..');
const assemblies = await mkdtemp(join(tmpdir(), 'lobbybee-check-'));

function npm(name: string, ...command: string[]): Step {
  return { name, command: ['npm', ...command], cwd: root };
}

function script(name: string, run: string): Step {
  return npm(name, 'run', '--silent', run);
}

/** Strict: a warning fails. The origin is named because `any` warns on purpose. */
function synthesis(name: string, folder: string, ...context: string[]): Step {
  const settings = ['allowedOrigins=https://inbox.example', ...context].flatMap((each) => ['-c', each]);
  const options = ['--strict', '--output', join(assemblies, folder), ...settings];
  return npm(name, 'run', '--silent', 'synth', '--', ...options);
}

try {
  process.exitCode = await runSteps(
    [
      script('formatting', 'format:check'),
      script('types', 'types'),
      script('lint', 'lint'),
      script('dead code', 'dead-code'),
      synthesis('synth with a Cognito user pool', 'cognito'),
      synthesis(
        'synth with an issuer of our own',
        'oidc',
        'issuer=https://login.example',
        'audience=lobbybee',
      ),
      npm('tests', 'test'),
    ],
    (text) => process.stdout.write(text),
  );
} finally {
  await rm(assemblies, { recursive: true, force: true });
}
