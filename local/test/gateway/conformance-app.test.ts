import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, vi } from 'vitest';
import { ConformanceApp } from '../fixtures/conformance-app/stack.ts';
import { startLocalRun, type LocalAddresses } from '../support/local-command.ts';
import { assemblyOf } from '../support/synthesize.ts';
import { describeConformance } from './conformance/suite.ts';
import { findApi, readCatalogue } from './remote/catalogue.ts';
import { remoteTarget, type DeployedApplication } from './remote/remote-target.ts';
import { ScriptTable } from './remote/script-table.ts';

// Real functions in processes of their own, and a clock that nobody moves.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 });

const region = 'us-east-1';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

let application: DeployedApplication | undefined;
let stop = async (): Promise<void> => undefined;

beforeAll(async () => {
  const assembly = assemblyOf((app) => new ConformanceApp(app, 'GatewayConformance'));
  const data = mkdtempSync(join(tmpdir(), 'conformance-'));
  const run = await startLocalRun(data, ['--assembly', assembly.directory]);
  const dynamodb = new DynamoDBClient({ endpoint: run.addresses.dynamodb, region, credentials });
  stop = async () => {
    dynamodb.destroy();
    await run.stop();
    assembly.remove();
    rmSync(data, { recursive: true, force: true });
  };
  application = await find(run.addresses, dynamodb);
});

afterAll(() => stop());

async function find(
  { apis, tables }: LocalAddresses,
  dynamodb: DynamoDBClient,
): Promise<DeployedApplication> {
  const table = new ScriptTable(dynamodb, tables[Object.keys(tables)[0] ?? ''] ?? '');
  const catalogue = await readCatalogue(table);
  return {
    apiOf: (shape) =>
      findApi(catalogue, shape, (id) => {
        const stage = apis.find((api) => api.id === id)?.stages[0];
        return { websocketUrl: stage?.websocket ?? '', managementUrl: stage?.management ?? '' };
      }),
    table,
    pollMilliseconds: 20,
    managementOf: ({ managementUrl }) =>
      new ApiGatewayManagementApiClient({ endpoint: managementUrl, region, credentials, maxAttempts: 1 }),
  };
}

describeConformance(
  remoteTarget('the conformance application on npm run local', () => {
    if (application === undefined) throw new Error('The conformance application does not run.');
    return application;
  }),
);
