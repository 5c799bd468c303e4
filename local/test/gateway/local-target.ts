import { randomBytes } from 'node:crypto';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { startWebSocketGateway, type WebSocketGateway } from '../../src/gateway/gateway.ts';
import type { GatewayLimits } from '../../src/gateway/limits.ts';
import type { RouteModel, WebSocketApiModel } from '../../src/model.ts';
import { manualClock, type ManualClock } from '../support/manual-clock.ts';
import type { ApiShape, ApiUnderTest, ConformanceTarget, FunctionAnswer } from './conformance/target.ts';
import { ScriptedFunctions, type RecordedCall } from './scripted-functions.ts';

const account = '123456789012';
const region = 'eu-central-1';
const apiId = 'a1b2c3d4e5';
const stage = 'test';
const authorization = 'AWS4-HMAC-SHA256 Credential=anyone/20260101/eu-central-1/execute-api/aws4_request';

/** An API on the local gateway, with what only its own tests look at. */
export interface LocalApi extends ApiUnderTest {
  readonly gateway: WebSocketGateway;
  readonly functions: ScriptedFunctions;
  readonly clock: ManualClock;
  readonly log: readonly string[];
  script(functionName: string, answer: FunctionAnswer): void;
  hold(functionName: string): void;
  calls(functionName: string): readonly RecordedCall[];
  nextCall(functionName: string): Promise<RecordedCall>;
}

export interface LocalOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<GatewayLimits>;
  readonly variables?: Readonly<Record<string, string>>;
  /** A second stage beside `test`. */
  readonly otherStage?: string;
  readonly port?: number;
}

/** Starts an API that is stopped when the test is over. */
export async function launchLocal(shape: ApiShape, options?: LocalOptions): Promise<LocalApi> {
  const api = await startLocalApi(shape, options);
  onTestFinished(() => api.stop());
  return api;
}

/** The local gateway with scripted functions and a clock that the test moves. */
export const localTarget: ConformanceTarget = {
  name: 'the local gateway',
  differences: new Map(),
  start: (shape) => startLocalApi(shape),
};

async function startLocalApi(shape: ApiShape, options: LocalOptions = {}): Promise<LocalApi> {
  const functions = new ScriptedFunctions();
  const clock = manualClock();
  const log: string[] = [];
  const gateway = await startWebSocketGateway({
    api: modelOf(shape, options),
    account,
    region,
    invoker: functions,
    clock: options.clock ?? clock,
    random: randomBytes,
    log: (line) => log.push(line),
    limits: options.limits ?? {},
    port: options.port ?? 0,
  });
  const managementUrl = gateway.managementUrl(stage);
  const management = new ApiGatewayManagementApiClient({
    endpoint: managementUrl,
    region,
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return {
    gateway,
    functions,
    clock,
    log,
    websocketUrl: gateway.websocketUrl(stage),
    managementUrl,
    management,
    request: (method, path, body) =>
      fetch(managementUrl + path, {
        method,
        ...(body === undefined ? {} : { body }),
        headers: { authorization },
      }),
    arn: (resource) => `arn:aws:execute-api:${region}:${account}:${apiId}/${stage}/${resource}`,
    script: (name, answer) => functions.script(name, answer),
    hold: (name) => functions.hold(name),
    calls: (name) => functions.calls(name),
    nextCall: (name) => functions.nextCall(name),
    async passTime(milliseconds) {
      // An answer that a function has given already must not be late because time moves now.
      await nextTurn();
      clock.advance(milliseconds);
    },
    async stop() {
      await gateway.stop();
      management.destroy();
    },
  };
}

function modelOf(shape: ApiShape, { variables = {}, otherStage }: LocalOptions): WebSocketApiModel {
  const names = otherStage === undefined ? [stage] : [stage, otherStage];
  return {
    logicalId: 'Api',
    id: apiId,
    name: 'under-test',
    routeSelectionExpression: shape.routeSelectionExpression ?? '$request.body.action',
    routes: shape.routes.map((routeKey) => routeOf(routeKey, shape)),
    stages: names.map((name) => ({
      name,
      variables,
      ...(shape.throttle && { throttle: shape.throttle }),
      routeThrottles: shape.routeThrottles ?? {},
    })),
  };
}

function routeOf(routeKey: string, shape: ApiShape): RouteModel {
  const timeoutMilliseconds = shape.integrationTimeoutMilliseconds ?? 29_000;
  const route: RouteModel = {
    routeKey,
    integration: { functionArn: ScriptedFunctions.arn(routeKey), timeoutMilliseconds },
    responds: shape.twoWay?.includes(routeKey) ?? false,
  };
  if (routeKey !== '$connect' || shape.authorizer === undefined) return route;
  const functionArn = ScriptedFunctions.arn('authorizer');
  return { ...route, authorizer: { id: 'auth01', functionArn, identitySources: shape.authorizer } };
}
