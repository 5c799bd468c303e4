import { resolve } from 'node:path';
import { keyAndValue, readOptions, UsageError, wholeNumber } from '../../local/src/command-line/index.ts';
import { localRun } from '../settings.ts';
import { looksLikeOrigin } from './origin.ts';

export interface StartOptions {
  /** Port of the WebSocket endpoint; 0 for a free one. */
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Whether the tables end with the run. */
  readonly inMemory: boolean;
  /** Whether functions have the rights of their roles and no others. */
  readonly iam: boolean;
  readonly json: boolean;
  /** Whose pages may connect, besides those of the WebSocket's own port. */
  readonly origins: readonly string[];
  /** CDK context as it was given. */
  readonly context: ReadonlyMap<string, string>;
}

export const startHelp = `npm start -- [options]

Synthesizes the stack and runs that template on this machine, until Ctrl-C.

  --port N        port of the WebSocket endpoint, ${localRun.port} unless said; 0 for a free one
  --data DIR      data folder, ${localRun.dataDirectory} unless said
  --memory        tables in memory; keys stay in the data folder
  --no-iam        lets functions call everything, whatever their roles allow
  --origin URL    whose pages may connect, such as http://localhost:5173; may be repeated
  --json          prints the addresses as one line of JSON once everything answers
  -c KEY=VALUE    CDK context, as in cdk deploy; may be repeated`;

const kinds = {
  port: 'value',
  data: 'value',
  memory: 'flag',
  'no-iam': 'flag',
  origin: 'values',
  json: 'flag',
  c: 'values',
  help: 'flag',
} as const;

/** What the command line asks for. @throws UsageError */
export function readStartOptions(argv: readonly string[]): StartOptions | 'help' {
  const options = readOptions(argv, kinds);
  if (options.has('help')) return 'help';
  const data = options.value('data') ?? localRun.dataDirectory;
  if (data === '') throw new UsageError('--data must name a folder.');
  const context = new Map(options.values('c').map((text) => keyAndValue(text, '-c', 'stage=try')));
  return {
    port: wholeNumber(options.value('port') ?? `${localRun.port}`, 'port', 0, 65535),
    dataDirectory: resolve(data),
    inMemory: options.has('memory'),
    iam: !options.has('no-iam'),
    json: options.has('json'),
    origins: readOrigins(options.values('origin'), context),
    context,
  };
}

function readOrigins(origins: readonly string[], context: ReadonlyMap<string, string>): readonly string[] {
  const wrong = origins.find((origin) => !looksLikeOrigin(origin));
  if (wrong !== undefined) {
    throw new UsageError(
      `--origin must be an origin as browsers send it, such as http://localhost:5173, not "${wrong}".`,
    );
  }
  if (origins.length > 0 && context.has('allowedOrigins')) {
    throw new UsageError(
      '--origin adds to the local defaults, and -c allowedOrigins replaces them; give one of the two.',
    );
  }
  return origins;
}
