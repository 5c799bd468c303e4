import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type ProcessKeeper, Refusal, shortageIn } from '../../local/src/command-line/index.ts';

export interface SynthesisOptions {
  readonly processes: ProcessKeeper;
  readonly projectDirectory: string;
  readonly outputDirectory: string;
  readonly context: ReadonlyMap<string, string>;
  /** The environment of this process. */
  readonly environment: NodeJS.ProcessEnv;
  /** Ends the synthesis; the promise rejects then. */
  readonly signal: AbortSignal;
}

/**
 * Runs `cdk synth`; the promise is what it had to say, which is empty or warnings.
 *
 * @throws Refusal with the application's own sentences when it refuses.
 */
export async function synthesize(options: SynthesisOptions): Promise<string> {
  const { processes, projectDirectory, outputDirectory, context, signal } = options;
  const cdk = join(projectDirectory, 'node_modules/aws-cdk/bin/cdk');
  const pairs = [...context].flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  signal.throwIfAborted();
  const child = await processes.spawn(
    process.execPath,
    [cdk, 'synth', '--quiet', '--no-notices', '--output', outputDirectory, ...pairs],
    { environment: withoutAccount(options.environment), directory: projectDirectory },
  );
  const kill = (): void => child.signal('SIGKILL');
  signal.addEventListener('abort', kill);
  const [, said, { code }] = await Promise.all([text(child.stdout), text(child.stderr), child.exited]);
  signal.removeEventListener('abort', kill);
  signal.throwIfAborted();
  if (code !== 0) throw new Refusal(complaint(said));
  return said.trim();
}

/** Without the CDK's own last line, which only repeats that there was an error; without its stack when the machine is at its end. */
function complaint(said: string): string {
  const shortage = shortageIn(said);
  if (shortage !== undefined) return `The stack cannot be synthesized. ${shortage}`;
  const lines = said.trim().split('\n');
  const own = lines.filter((line) => !/: Subprocess exited with error \d+$/.test(line));
  return (own.length > 0 ? own : lines).join('\n');
}

/** The CDK asks AWS who it is when it finds credentials; here it must find none, and no network. */
function withoutAccount(environment: NodeJS.ProcessEnv): Record<string, string> {
  const kept = Object.entries(environment).filter(
    (entry): entry is [string, string] => entry[1] !== undefined && !/^(AWS|CDK)_/.test(entry[0]),
  );
  return {
    ...Object.fromEntries(kept),
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    // CDK's own rules for templates: `cdk synth` and CI ask them, and a start need not wait for them.
    CDK_VALIDATION: 'false',
    NO_COLOR: '1',
  };
}
