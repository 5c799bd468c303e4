import type { Callers } from '../authorization.ts';
import type { Clock } from '../clock.ts';
import type { FunctionInvoker } from '../invoker.ts';
import type { Log } from '../log.ts';
import type { RouteModel, StageModel, WebSocketApiModel } from '../model.ts';
import { apiHost, partitionOf } from '../partition.ts';
import { requestGuard, type RequestGuard } from '../request-guard.ts';
import type { RandomBytes } from './ids.ts';
import type { GatewayLimits } from './limits.ts';
import { compileRouteSelection, type RouteSelection } from './route-selection.ts';
import { StageThrottle } from './throttle.ts';

/** What one WebSocket API is made of and what it is given; every part of the gateway works on it. */
export interface ApiContext {
  readonly api: WebSocketApiModel;
  readonly account: string;
  readonly region: string;
  /** In AWS's own form, since handlers build the address of `@connections` from it. */
  readonly domainName: string;
  /** Keeps web pages from the port; which of them may open a WebSocket is the application's to say. */
  readonly guard: RequestGuard;
  readonly routes: ReadonlyMap<string, RouteModel>;
  readonly stages: ReadonlyMap<string, Stage>;
  readonly selectRoute: RouteSelection;
  readonly invoker: FunctionInvoker;
  /** Who may use `@connections`; everybody, as long as the request is signed, when absent. */
  readonly callers?: Callers | undefined;
  readonly clock: Clock;
  readonly random: RandomBytes;
  readonly log: Log;
  readonly limits: GatewayLimits;
}

export interface Stage {
  readonly model: StageModel;
  readonly throttle: StageThrottle;
}

export type ApiContextInput = Pick<
  ApiContext,
  'api' | 'account' | 'region' | 'invoker' | 'callers' | 'clock' | 'random' | 'log' | 'limits'
>;

/** Throws a `Refusal` for a route selection expression that this gateway cannot read. */
export function createApiContext(input: ApiContextInput): ApiContext {
  const { api, region, clock, log } = input;
  const stages = api.stages.map(
    (model) => [model.name, { model, throttle: new StageThrottle(model, clock) }] as const,
  );
  const domainName = apiHost(api.id, region);
  return {
    ...input,
    domainName,
    guard: requestGuard([domainName]),
    routes: new Map(api.routes.map((route) => [route.routeKey, route])),
    stages: new Map(stages),
    selectRoute: compileRouteSelection(api.routeSelectionExpression),
    log: (message) => log(`API ${api.name}: ${message}`),
  };
}

/** `arn:aws:execute-api:{region}:{account}:{apiId}/{resource}`. */
export function apiArn({ region, account, api }: ApiContext, resource: string): string {
  return `arn:${partitionOf(region).name}:execute-api:${region}:${account}:${api.id}/${resource}`;
}
