/**
 * What a synthesized template asks for, in the words of the services: intrinsics resolved, defaults applied.
 *
 * `local/src/assembly` writes this model; `local/src/functions`, `local/src/gateway` and `local/src/dynamodb` run it. Nothing here
 * knows which application the template belongs to.
 */

export interface AssemblyModel {
  readonly account: string;
  readonly region: string;
  readonly functions: readonly FunctionModel[];
  readonly tables: readonly TableModel[];
  readonly webSocketApis: readonly WebSocketApiModel[];
  readonly queues: readonly QueueModel[];
  readonly roles: readonly RoleModel[];
  /** Stack outputs by their logical id, resolved. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Resources that are understood and do nothing here, such as alarms and log groups. */
  readonly notRun: readonly ResourceName[];
}

export interface ResourceName {
  readonly logicalId: string;
  /** Such as `AWS::CloudWatch::Alarm`. */
  readonly type: string;
}

export interface FunctionModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Execution role; absent in a template that names none, which only a plain one can. */
  readonly roleArn?: string;
  /** Such as `nodejs24.x`: it decides which styles of handler are taken, not which Node.js runs. */
  readonly runtime: string;
  /** As in the template: `file.export`. */
  readonly handler: string;
  /** Absolute path of the unpacked code. */
  readonly codeDirectory: string;
  /** Exactly the template's variables, before what Lambda itself adds. */
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly logGroup: string;
  readonly logFormat: 'Text' | 'JSON';
  /** Lines of `console` below it are not written. Only in the format JSON, where Lambda filters. */
  readonly logLevel?: LogLevel;
  /** Reserved concurrency, when the template states one. */
  readonly reservedConcurrency?: number;
  /** Resource policy: who else may invoke it. */
  readonly permissions: readonly PermissionModel[];
  readonly asynchronous: AsynchronousModel;
}

export type LogLevel = 'TRACE' | 'DEBUG' | 'INFO' | 'WARN' | 'ERROR' | 'FATAL';

export interface PermissionModel {
  /** A service principal such as `apigateway.amazonaws.com`, or an account or ARN. */
  readonly principal: string;
  /** May hold `*` and `?`; absent means any source. */
  readonly sourceArn?: string;
}

/** What happens to an event that was invoked asynchronously. */
export interface AsynchronousModel {
  /** 0 to 2; Lambda's default is 2. */
  readonly maximumRetryAttempts: number;
  readonly maximumEventAgeSeconds: number;
  /** ARN of the queue (or other destination) that takes events which failed for good. */
  readonly onFailure?: string;
}

export interface TableModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  readonly keySchema: readonly KeyElement[];
  readonly attributeDefinitions: readonly AttributeDefinition[];
  readonly globalSecondaryIndexes: readonly IndexModel[];
  readonly localSecondaryIndexes: readonly IndexModel[];
  readonly timeToLiveAttribute?: string;
}

export interface KeyElement {
  readonly attributeName: string;
  readonly keyType: 'HASH' | 'RANGE';
}

export interface AttributeDefinition {
  readonly attributeName: string;
  readonly attributeType: 'S' | 'N' | 'B';
}

export interface IndexModel {
  readonly indexName: string;
  readonly keySchema: readonly KeyElement[];
  readonly projection: { readonly projectionType: string; readonly nonKeyAttributes?: readonly string[] };
}

export interface QueueModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
}

/** What a caller with this role may do. What no policy allows is denied. */
export interface RoleModel {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The role's own policies and those of the template that are attached to it. */
  readonly policies: readonly PolicyModel[];
  /** ARNs of attached policies that are not the template's, such as `arn:aws:iam::aws:policy/…`. */
  readonly foreignPolicyArns: readonly string[];
  /** ARN of the policy beyond which the role may do nothing, whatever its policies say. */
  readonly boundaryArn?: string;
  /** That policy, when it is the template's. */
  readonly boundary?: PolicyModel;
  /** Values of its tags by key; no two keys differ in capitals alone. */
  readonly tags: Readonly<Record<string, string>>;
}

export interface PolicyModel {
  readonly name: string;
  /** A policy document with its intrinsics resolved. */
  readonly document: unknown;
}

export interface WebSocketApiModel {
  readonly logicalId: string;
  /** Ten lower-case letters and digits, the same at every start: it is part of host names and ARNs. */
  readonly id: string;
  readonly name: string;
  /** Such as `$request.body.action`. */
  readonly routeSelectionExpression: string;
  readonly routes: readonly RouteModel[];
  readonly stages: readonly StageModel[];
}

export interface RouteModel {
  readonly routeKey: string;
  readonly integration: IntegrationModel;
  /** Only `$connect` can have one. */
  readonly authorizer?: AuthorizerModel;
  /** True when the route has a route response, so that the integration's body goes back to the client. */
  readonly responds: boolean;
}

export interface IntegrationModel {
  readonly functionArn: string;
  /** 50 ms to 29,000 ms. */
  readonly timeoutMilliseconds: number;
}

export interface AuthorizerModel {
  readonly id: string;
  readonly functionArn: string;
  /** Such as `route.request.header.Sec-WebSocket-Protocol`. */
  readonly identitySources: readonly string[];
}

export interface StageModel {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  /** Steady rate and bucket of every route together, when the stage states them. */
  readonly throttle?: ThrottleModel;
  /** By route key; does not inherit from `throttle`. */
  readonly routeThrottles: Readonly<Record<string, ThrottleModel>>;
}

export interface ThrottleModel {
  readonly requestsPerSecond: number;
  readonly burst: number;
}
