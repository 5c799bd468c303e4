import { Duration, Stack } from 'aws-cdk-lib';
import { WebSocketApi, WebSocketStage } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { RouteKey } from '../lambdas/contract/routes.ts';
import { routes } from '../lambdas/contract/routes.ts';
import { limits } from '../protocol/limits.ts';
import type { AccessLogProps } from './access-log.ts';
import { AccessLog } from './access-log.ts';

/** Their answer is the handshake's status, or nobody's; a route response would mean nothing. */
const oneWay: ReadonlySet<string> = new Set<RouteKey>(['$connect', '$disconnect']);

/** A function's own timeout speaks first. */
const integrationTimeout = Duration.seconds(limits.replySeconds);

export interface WebSocketEndpointProps extends AccessLogProps {
  readonly stage: string;
}

/** The WebSocket API with its one stage. It exists before the functions, since some of them post back through it. */
export class WebSocketEndpoint extends Construct {
  /** `wss://…/{stage}`, where browsers connect. */
  readonly url: string;
  /** `https://…/{stage}`, base of the @connections API. */
  readonly connectionsUrl: string;
  readonly #api: WebSocketApi;
  readonly #stage: WebSocketStage;

  constructor(scope: Construct, id: string, props: WebSocketEndpointProps) {
    super(scope, id);
    const accessLog = new AccessLog(this, 'AccessLog', props);
    this.#api = new WebSocketApi(this, 'Api', {
      apiName: Stack.of(this).stackName,
      routeSelectionExpression: '$request.body.action',
    });
    this.#stage = new WebSocketStage(this, 'Stage', {
      webSocketApi: this.#api,
      stageName: props.stage,
      autoDeploy: true,
      accessLogSettings: accessLog.settings,
    });
    this.#stage.node.addDependency(accessLog);
    this.url = this.#stage.url;
    this.connectionsUrl = this.#stage.callbackUrl;
  }

  /** What a function may be allowed to do: one method, on every connection of this stage. */
  connectionsArn(method: 'POST' | 'DELETE'): string {
    return Stack.of(this).formatArn({
      service: 'execute-api',
      resource: this.#api.apiId,
      resourceName: `${this.#stage.stageName}/${method}/@connections/*`,
    });
  }

  /** Adds every route of the contract. `create` is asked once for each function, also for one with several routes. */
  addRoutes(authorizer: IFunction, create: (name: (typeof routes)[RouteKey]) => IFunction): void {
    const integrations = new Map<string, WebSocketLambdaIntegration>();
    const connectAuthorizer = new WebSocketLambdaAuthorizer('Authorizer', authorizer, {
      identitySource: ['route.request.header.Sec-WebSocket-Protocol'],
    });
    for (const [key, name] of Object.entries(routes)) {
      const integration =
        integrations.get(name) ??
        new WebSocketLambdaIntegration('Integration', create(name), { timeout: integrationTimeout });
      integrations.set(name, integration);
      const route = this.#api.addRoute(key, {
        integration,
        returnResponse: !oneWay.has(key),
        ...(key === '$connect' ? { authorizer: connectAuthorizer } : {}),
      });
      // The stage deploys itself at creation and after each change of a route; it is to find them all.
      this.#stage.node.addDependency(route);
    }
  }
}
