/** The suite against the deployed application that the environment names; `npm run conformance` runs it. */
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll } from 'vitest';
import { WebSocket } from 'ws';
import { describeConformance } from '../conformance/suite.ts';
import { awsAddresses, findApi, readCatalogue } from './catalogue.ts';
import { remoteTarget, type DeployedApplication } from './remote-target.ts';
import { ScriptTable } from './script-table.ts';

const { CONFORMANCE_URL = '', CONFORMANCE_MANAGEMENT = '', CONFORMANCE_TABLE = '' } = process.env;

const dynamodb = new DynamoDBClient({});
let application: DeployedApplication | undefined;

beforeAll(async () => {
  await wake(CONFORMANCE_URL);
  const table = new ScriptTable(dynamodb, CONFORMANCE_TABLE);
  const catalogue = await readCatalogue(table);
  const apiOf: DeployedApplication['apiOf'] = (shape) =>
    findApi(catalogue, shape, (id) => awsAddresses(catalogue, id));
  const { websocketUrl, managementUrl } = apiOf('usual');
  if (websocketUrl !== CONFORMANCE_URL || managementUrl !== CONFORMANCE_MANAGEMENT) {
    throw new Error(
      `The table ${CONFORMANCE_TABLE} belongs to ${websocketUrl} and ${managementUrl}; name those, or another table.`,
    );
  }
  application = {
    apiOf,
    table,
    pollMilliseconds: 200,
    managementOf: (api) => new ApiGatewayManagementApiClient({ endpoint: api.managementUrl, maxAttempts: 1 }),
  };
});

afterAll(() => dynamodb.destroy());

/** A handshake, whatever comes of it: a function that has started has written down where the APIs are. */
function wake(url: string): Promise<void> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    socket.once('close', () => resolve());
    socket.once('open', () => socket.close());
    socket.on('error', () => resolve());
  });
}

describeConformance(
  remoteTarget('the deployed conformance application', () => {
    if (application === undefined) throw new Error('The conformance application was not found.');
    return application;
  }),
);
