/** `npm run conformance`: the suite against a deployed conformance application. */
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest } from 'vitest/node';
import { runCommand, UsageError, type Terminal } from '../../../src/command-line/command.ts';
import { readOptions, required } from '../../../src/command-line/options.ts';
import { tableName } from '../../fixtures/conformance-app/stack.ts';

const help = `npm run conformance -- --url wss://… --management https://… [--region eu-central-1] [--table NAME]

Runs the conformance suite of gateways against the deployed application in local/test/fixtures/conformance-app, with the AWS
credentials of the environment. Deploy it first, which prints both addresses:

  npx cdk deploy -a "node --import tsx local/test/fixtures/conformance-app/app.ts"

  --url WSS           output Url of the stack
  --management HTTPS  output Management of the stack
  --region REGION     where it is deployed; read from --url unless said
  --table NAME        its table, ${tableName} unless said`;

const root = join(import.meta.dirname, '../../../..');
const deployed = fileURLToPath(import.meta.resolve('./deployed.ts'));

const kinds = {
  url: 'value',
  management: 'value',
  region: 'value',
  table: 'value',
  help: 'flag',
} as const;

async function conformance(argv: readonly string[], terminal: Terminal): Promise<number> {
  const options = readOptions(argv, kinds);
  if (options.has('help')) {
    terminal.print(help);
    return 0;
  }
  const url = required(
    options.value('url'),
    'url',
    'wss://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com/test',
  );
  const management = required(options.value('management'), 'management', url.replace(/^ws/, 'http'));
  const region = options.value('region') ?? regionOf(url);
  const vitest = await startVitest('test', [], {
    config: false,
    root,
    include: [relative(root, deployed)],
    watch: false,
    // A cold start, a stage far away, and waiting in real time.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    env: {
      AWS_REGION: region,
      CONFORMANCE_URL: url,
      CONFORMANCE_MANAGEMENT: management,
      CONFORMANCE_TABLE: options.value('table') ?? tableName,
    },
  });
  const passed = vitest.state.getFiles().every(({ result }) => result?.state === 'pass');
  await vitest.close();
  return passed && vitest.state.getUnhandledErrors().length === 0 ? 0 : 1;
}

function regionOf(url: string): string {
  const [, region] = /^wss:\/\/\w+\.execute-api\.([\w-]+)\.amazonaws\./.exec(url) ?? [];
  if (region === undefined) {
    throw new UsageError(
      `--url must be the wss:// address of a stage of API Gateway, or --region say where ${url} is.`,
    );
  }
  return region;
}

await runCommand(conformance, process.argv.slice(2));
