import type { StackProps } from 'aws-cdk-lib';
import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Grant, IGrantable } from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';
import type { TokenTrust } from '../lambdas/contract/environment.ts';
import { outputs } from '../lambdas/contract/outputs.ts';
import { watchAuthorizer } from './authorizer-watch.ts';
import { ChatTable } from './chat-table.ts';
import { Functions } from './functions.ts';
import { Notify } from './notify.ts';
import type { OidcTrust, Settings } from './settings.ts';
import { StaffPool } from './staff-pool.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';

/** LobbyBee realtime: staff chat over a WebSocket API, fed by upstream Lambdas through `notify`. */
export class RealtimeStack extends Stack {
  readonly #notify: Notify;

  constructor(scope: Construct, id: string, settings: Settings, props: StackProps = {}) {
    super(scope, id, { description: 'LobbyBee realtime: staff chat of a hotel', ...props });
    const table = new ChatTable(this, 'Table');
    const endpoint = new WebSocketEndpoint(this, 'WebSocket', {
      stage: settings.stage,
      retention: settings.retentionDays,
      createLoggingRole: settings.apiGatewayLoggingRole === 'create',
    });
    const functions = new Functions(this, 'Functions', {
      table,
      connectionsArn: (method) => endpoint.connectionsArn(method),
      retention: settings.retentionDays,
      variables: {
        tableName: table.tableName,
        connectionsEndpoint: endpoint.connectionsUrl,
        groupShards: String(settings.groupShards),
        tokenTrust: this.toJsonString(this.#trust(settings.oidc)),
        allowedOrigins: JSON.stringify(settings.allowedOrigins),
        requireOrigin: String(settings.requireOrigin),
      },
    });
    const authorizer = functions.create('authorizer');
    watchAuthorizer(this, authorizer.logGroup);
    endpoint.addRoutes(authorizer, (name) => functions.create(name));
    this.#notify = new Notify(this, 'Notify', functions.create('notify'));

    this.#output(outputs.webSocketUrl, endpoint.url);
    this.#output(outputs.notifyFunctionName, this.#notify.function.functionName);
    this.#output(outputs.notifyFunctionArn, this.#notify.function.functionArn);
    this.#output(outputs.failureQueueUrl, this.#notify.failures.queueUrl);
    this.#output(outputs.tableName, table.tableName);
  }

  /** Lets another stack's Lambda (or any other principal) invoke `notify`. */
  grantNotify(grantee: IGrantable): Grant {
    return this.#notify.grantInvoke(grantee);
  }

  #trust(oidc: OidcTrust | undefined): TokenTrust {
    if (oidc) return oidc;
    const staff = new StaffPool(this, 'Staff');
    this.#output(outputs.userPoolId, staff.pool.userPoolId);
    this.#output(outputs.userPoolClientId, staff.client.userPoolClientId);
    return staff.trust;
  }

  /** Outputs are what scripts and other stacks read: their names are exactly these. */
  #output(name: string, value: string): void {
    new CfnOutput(this, name, { value }).overrideLogicalId(name);
  }
}
