import { basename, extname, join, resolve } from 'node:path';
import type { ApplicationSource } from '../assembly/application-source.ts';
import { UsageError } from './command.ts';
import { keyAndValue, readOptions, wholeNumber, type Options } from './options.ts';

export interface LocalCommand {
  readonly source: ApplicationSource;
  /** Port of the first WebSocket API; 0 for a free one. */
  readonly port: number;
  /** Absolute. */
  readonly dataDirectory: string;
  /** Whether the tables end with the run. */
  readonly inMemory: boolean;
  /** Whether functions have the rights of their roles and no others. */
  readonly iam: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
}

export const localHelp = `npm run local -- --assembly DIR [options]
npm run local -- --template FILE [options]

Runs a synthesized cloud assembly, or a plain CloudFormation template (JSON or YAML), on this machine until Ctrl-C.

  --assembly DIR           what "cdk synth" wrote, such as cdk.out
  --template FILE          a template; "Code: ./folder" in it begins at the file's folder
  --code ID=DIR            folder of the code of the function with this logical id; may be repeated
  --parameter NAME=VALUE   value of a template parameter; may be repeated
  --account ID             account of a template that is tied to none, 000000000000 unless said
  --region NAME            Region of a template that is tied to none, us-east-1 unless said
  --port N                 port of the first WebSocket API; a free one unless said
  --data DIR               data folder, .local/other/NAME unless said, NAME being that of the folder or file
  --memory                 tables in memory
  --no-iam                 lets functions call everything, whatever their roles allow
  --json                   prints the addresses as one line of JSON once everything answers
  --verbose                names each resource that is not run`;

const kinds = {
  assembly: 'value',
  template: 'value',
  code: 'values',
  parameter: 'values',
  account: 'value',
  region: 'value',
  port: 'value',
  data: 'value',
  memory: 'flag',
  'no-iam': 'flag',
  json: 'flag',
  verbose: 'flag',
  help: 'flag',
} as const;

type LocalOptions = Options<keyof typeof kinds>;

/** What the command line asks for. @throws UsageError */
export function readLocalOptions(argv: readonly string[]): LocalCommand | 'help' {
  const options = readOptions(argv, kinds);
  if (options.has('help')) return 'help';
  const source = readSource(options);
  const data = options.value('data') ?? join('.local/other', nameOf(source));
  if (data === '') throw new UsageError('--data must name a folder.');
  return {
    source,
    port: wholeNumber(options.value('port') ?? '0', 'port', 0, 65535),
    dataDirectory: resolve(data),
    inMemory: options.has('memory'),
    iam: !options.has('no-iam'),
    json: options.has('json'),
    verbose: options.has('verbose'),
  };
}

function readSource(options: LocalOptions): ApplicationSource {
  const [assembly, template] = [options.value('assembly'), options.value('template')];
  const parameters = pairs(options, 'parameter', 'StageName=dev');
  const code = pairs(options, 'code', 'ChatFunction=./src/chat');
  const location = readLocation(options);
  if (template !== undefined && assembly === undefined && template !== '') {
    return { templateFile: resolve(template), code, parameters, ...location };
  }
  if (assembly === undefined || assembly === '' || template !== undefined) {
    throw new UsageError('Say what to run: either --assembly cdk.out or --template template.yaml.');
  }
  if (code.size > 0) throw new UsageError('--code belongs to --template; an assembly holds its code.');
  return { assemblyDirectory: resolve(assembly), parameters, ...location };
}

/** Neither of the two when nothing is said of it. */
function readLocation(options: LocalOptions): Pick<ApplicationSource, 'account' | 'region'> {
  const [account, region] = [options.value('account'), options.value('region')];
  if (account !== undefined && !/^\d{12}$/.test(account))
    throw new UsageError(`--account must be 12 digits such as 123456789012, not "${account}".`);
  if (region !== undefined && !/^[a-z]{2,4}(-[a-z]{2,})+-\d{1,2}$/.test(region))
    throw new UsageError(`--region must be the name of a Region such as eu-west-1, not "${region}".`);
  return { ...(account === undefined ? {} : { account }), ...(region === undefined ? {} : { region }) };
}

function pairs(options: LocalOptions, name: 'code' | 'parameter', example: string): Map<string, string> {
  return new Map(options.values(name).map((text) => keyAndValue(text, `--${name}`, example)));
}

function nameOf(source: ApplicationSource): string {
  const path = 'templateFile' in source ? source.templateFile : source.assemblyDirectory;
  return basename(path, extname(path));
}
