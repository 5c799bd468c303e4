import type { ApiGatewayManagementApiClient } from '@aws-sdk/client-apigatewaymanagementapi';
import type { ThrottleModel } from '../../../src/model.ts';

/** A gateway that the suite can be run against. */
export interface ConformanceTarget {
  readonly name: string;
  /** Lines that this target is known not to honour, or that cannot be tried there, with the reason. */
  readonly differences: ReadonlyMap<number, string>;
  /** Brings up one stage of an API; the caller stops it. */
  start(shape: ApiShape): Promise<ApiUnderTest>;
}

/** What a test needs of an API. Every route has a function of its own, which has the name of the route key. */
export interface ApiShape {
  readonly routes: readonly string[];
  /** Route keys that have a route response. */
  readonly twoWay?: readonly string[];
  /** `$request.body.action` when absent. */
  readonly routeSelectionExpression?: string;
  /** Identity sources of a REQUEST authorizer on `$connect`; its function has the name `authorizer`. */
  readonly authorizer?: readonly string[];
  /** 29 s when absent. */
  readonly integrationTimeoutMilliseconds?: number;
  readonly throttle?: ThrottleModel;
  readonly routeThrottles?: Readonly<Record<string, ThrottleModel>>;
}

/** At once where the functions are a part of the test, later where they are far away. */
type Settled<Value> = Value | Promise<Value>;

export type FunctionAnswer = { readonly returns: unknown } | { readonly throws: string };

export interface FunctionCall {
  readonly event: unknown;
  /** Lets a held call answer. */
  answer(answer: FunctionAnswer): Settled<void>;
}

export interface ApiUnderTest {
  /** `ws:` or `wss:`, with the stage. */
  readonly websocketUrl: string;
  /** `http:` or `https:`, with the stage; a request to it is signed by nobody. */
  readonly managementUrl: string;
  readonly management: ApiGatewayManagementApiClient;
  /** A signed request to a path of the management API, sent exactly as it is written. */
  request(method: string, path: string, body?: string): Promise<Response>;
  /** `arn:aws:execute-api:{region}:{account}:{apiId}/{stage}/{resource}`. */
  arn(resource: string): string;
  /** What every later call of the function answers, `{ returns: { statusCode: 200 } }` until told. */
  script(functionName: string, answer: FunctionAnswer): Settled<void>;
  /** Every later call of the function waits for its `answer`. */
  hold(functionName: string): Settled<void>;
  /** The calls received so far, in their order. */
  calls(functionName: string): Settled<readonly FunctionCall[]>;
  /** The earliest call that was not asked for yet, as soon as there is one. */
  nextCall(functionName: string): Promise<FunctionCall>;
  /** Returns when that much time has passed for the gateway. */
  passTime(milliseconds: number): Promise<void>;
  stop(): Promise<void>;
}
