import { randomBytes } from 'node:crypto';
import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { startWebSocketGateway } from '../../src/gateway/gateway.ts';
import {
  account,
  administrator,
  allow,
  callersWith,
  principal,
  region,
  type SdkCredentials,
  type Statement,
} from '../support/local-callers.ts';
import { ScriptedFunctions } from './scripted-functions.ts';

const ConnectionId = 'JC1dgf9yoAMCK-g=';
const connections = `arn:aws:execute-api:${region}:${account}:a1b2c3d4e5/test/POST/@connections`;

/** Clients of `@connections`: of the function whose role has these statements, and of an administrator. */
async function clients(statements: readonly Statement[]) {
  const { callers, credentials, observed } = await callersWith(statements);
  const stages = ['test', 'other'].map((name) => ({ name, variables: {}, routeThrottles: {} }));
  const gateway = await startWebSocketGateway({
    api: {
      logicalId: 'Api',
      id: 'a1b2c3d4e5',
      name: 'under-test',
      routeSelectionExpression: '$request.body.action',
      routes: [],
      stages,
    },
    account,
    region,
    invoker: new ScriptedFunctions(),
    callers,
    clock: systemClock,
    random: randomBytes,
    log: () => undefined,
  });
  onTestFinished(() => gateway.stop());
  const clientOf = (given: SdkCredentials, stage = 'test'): ApiGatewayManagementApiClient => {
    const endpoint = gateway.managementUrl(stage);
    const client = new ApiGatewayManagementApiClient({
      endpoint,
      region,
      credentials: given,
      maxAttempts: 1,
    });
    onTestFinished(() => client.destroy());
    return client;
  };
  return {
    observed,
    limited: clientOf(credentials),
    limitedElsewhere: clientOf(credentials, 'other'),
    administrator: clientOf(administrator),
  };
}

const post = (id = ConnectionId): PostToConnectionCommand =>
  new PostToConnectionCommand({ ConnectionId: id, Data: 'hello' });

/** What the API answers when IAM has let the call pass: there is no such connection. */
const gone = { name: 'GoneException' };

describe('a function at @connections', () => {
  it('may do what its role allows, by stage and method', async () => {
    const { limited, limitedElsewhere } = await clients([
      allow('execute-api:ManageConnections', `${connections}/*`),
    ]);
    await expect(limited.send(post())).rejects.toMatchObject(gone);
    const refused = { name: 'AccessDeniedException', $metadata: { httpStatusCode: 403 } };
    await expect(limitedElsewhere.send(post())).rejects.toMatchObject(refused);
    await expect(limited.send(new GetConnectionCommand({ ConnectionId }))).rejects.toMatchObject(refused);
    await expect(limited.send(new DeleteConnectionCommand({ ConnectionId }))).rejects.toMatchObject(refused);
  });

  it('is refused in the words of AWS, which show neither the account nor the connection', async () => {
    const { limited } = await clients([allow('execute-api:Invoke', '*')]);
    await expect(limited.send(post())).rejects.toThrow(
      `User: ${principal} is not authorized to perform: execute-api:ManageConnections on resource: ` +
        `arn:aws:execute-api:${region}:********3333:a1b2c3d4e5/test/POST/@connections/{connectionId} ` +
        'because no identity-based policy allows the execute-api:ManageConnections action',
    );
  });

  it('is asked about with the connection’s own id', async () => {
    const { limited, observed } = await clients([
      allow('execute-api:ManageConnections', `${connections}/${ConnectionId}`),
    ]);
    await expect(limited.send(post())).rejects.toMatchObject(gone);
    await expect(limited.send(post('KC1dgf9yoAMCK-g='))).rejects.toMatchObject({
      name: 'AccessDeniedException',
    });
    await expect(limited.send(post('*'))).rejects.toMatchObject({ name: 'AccessDeniedException' });
    expect(observed.map(({ resource, allowed }) => [resource, allowed])).toEqual([
      [`${connections}/${ConnectionId}`, true],
      [`${connections}/KC1dgf9yoAMCK-g=`, false],
      [`${connections}/*`, false],
    ]);
  });
});

it('an administrator may do everything at @connections', async () => {
  const { administrator: all, observed } = await clients([]);
  await expect(all.send(post())).rejects.toMatchObject(gone);
  expect(observed).toEqual([]);
});
