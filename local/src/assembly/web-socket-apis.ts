import type {
  AuthorizerModel,
  IntegrationModel,
  RouteModel,
  StageModel,
  ThrottleModel,
  WebSocketApiModel,
} from '../model.ts';
import { checkName, refuseSecond } from './names.ts';
import { TemplateProblem, type Problems } from './problems.ts';
import type { Properties } from './properties.ts';
import { numberWithin } from './ranges.ts';
import type { Resource } from './stack.ts';

export interface ApiResources {
  readonly apis: readonly Resource[];
  readonly authorizers: readonly Resource[];
  readonly integrations: readonly Resource[];
  readonly routes: readonly Resource[];
  readonly routeResponses: readonly Resource[];
  readonly stages: readonly Resource[];
}

/** Source: "Amazon API Gateway quotas", WebSocket APIs: integration timeout and account throttle. */
const longestTimeoutMilliseconds = 29_000;
const accountThrottle: ThrottleModel = { requestsPerSecond: 10_000, burst: 5_000 };

/** Reads the WebSocket APIs; `functionArns` are the functions that an integration may lead to. */
export function readWebSocketApis(
  resources: ApiResources,
  functionArns: ReadonlySet<string>,
  problems: Problems,
): WebSocketApiModel[] {
  return resources.apis.flatMap((api) => {
    const own = (all: readonly Resource[]): Resource[] =>
      all.filter((one) => apiIdOf(one) === api.identity.reference);
    const reader = new ApiReader({
      authorizers: own(resources.authorizers),
      integrations: own(resources.integrations),
      routeResponses: own(resources.routeResponses),
      functionArns,
    });
    const readAll = <Model>(all: readonly Resource[], read: (one: Resource) => Model): Model[] =>
      own(all).flatMap((one) => problems.attempt(one.subject, () => read(one)) ?? []);
    refuseSecond(namesOf(own(resources.routes), 'RouteKey', problems), problems);
    refuseSecond(namesOf(own(resources.stages), 'StageName', problems), problems);
    const header = problems.attempt(api.subject, () => readHeader(api));
    const routes = readAll(resources.routes, (route) => reader.route(route));
    const stages = readAll(resources.stages, readStage);
    if (header !== undefined && stages.length === 0) problems.add(api.subject, 'it has no stage to serve');
    return header === undefined ? [] : [{ ...header, routes, stages }];
  });
}

function apiIdOf({ properties }: Resource): unknown {
  return properties.value('ApiId');
}

function namesOf(
  resources: readonly Resource[],
  property: string,
  problems: Problems,
): (readonly [string, string | undefined])[] {
  return resources.map(({ subject, properties }) => [
    subject,
    problems.attempt(subject, () => properties.optionalText(property)),
  ]);
}

function readHeader({
  logicalId,
  type,
  identity,
  properties,
}: Resource): Omit<WebSocketApiModel, 'routes' | 'stages'> {
  const protocol = properties.optionalText('ProtocolType');
  if (protocol !== 'WEBSOCKET') {
    throw new TemplateProblem(
      `the protocol ${protocol ?? 'of an imported API'} is not supported; only WEBSOCKET runs here`,
    );
  }
  const name = properties.text('Name');
  checkName(type, 'Name', name);
  return {
    logicalId,
    id: identity.reference,
    name,
    routeSelectionExpression: properties.text('RouteSelectionExpression'),
  };
}

interface ApiParts {
  readonly authorizers: readonly Resource[];
  readonly integrations: readonly Resource[];
  readonly routeResponses: readonly Resource[];
  readonly functionArns: ReadonlySet<string>;
}

class ApiReader {
  readonly #parts: ApiParts;

  constructor(parts: ApiParts) {
    this.#parts = parts;
  }

  route({ type, identity, properties }: Resource): RouteModel {
    const routeKey = properties.text('RouteKey');
    checkName(type, 'RouteKey', routeKey);
    const authorizer = this.#authorizer(routeKey, properties);
    const answersBy = properties.optionalText('RouteResponseSelectionExpression');
    const response = this.#parts.routeResponses.some(
      (one) =>
        one.properties.text('RouteId') === identity.reference &&
        one.properties.text('RouteResponseKey') === '$default',
    );
    return {
      routeKey,
      integration: this.#integration(properties.text('Target')),
      responds: answersBy === '$default' && response,
      ...(authorizer === undefined ? {} : { authorizer }),
    };
  }

  #integration(target: string): IntegrationModel {
    const { properties, subject } = referred(this.#parts.integrations, target.replace(/^integrations\//, ''));
    const type = properties.text('IntegrationType');
    if (type !== 'AWS_PROXY')
      throw new TemplateProblem(`${subject} has the type ${type}; only AWS_PROXY runs here`);
    return {
      functionArn: this.#functionArn(properties.text('IntegrationUri')),
      timeoutMilliseconds: numberWithin(properties, 'TimeoutInMillis') ?? longestTimeoutMilliseconds,
    };
  }

  #authorizer(routeKey: string, route: Properties): AuthorizerModel | undefined {
    const type = route.optionalText('AuthorizationType') ?? 'NONE';
    if (type === 'NONE') return undefined;
    if (type !== 'CUSTOM')
      throw new TemplateProblem(`the authorization type ${type} is not supported, only CUSTOM`);
    if (routeKey !== '$connect') throw new TemplateProblem('only the route $connect can have an authorizer');
    const { identity, properties, subject } = referred(this.#parts.authorizers, route.text('AuthorizerId'));
    const authorizerType = properties.text('AuthorizerType');
    if (authorizerType !== 'REQUEST')
      throw new TemplateProblem(`${subject} has the type ${authorizerType}, not REQUEST`);
    return {
      id: identity.reference,
      functionArn: this.#functionArn(properties.text('AuthorizerUri')),
      identitySources: properties.texts('IdentitySource'),
    };
  }

  /** `arn:…:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations` */
  #functionArn(uri: string): string {
    const [, functionArn = ''] = /:lambda:path\/2015-03-31\/functions\/(.+)\/invocations$/.exec(uri) ?? [];
    if (this.#parts.functionArns.has(functionArn)) return functionArn;
    throw new TemplateProblem(
      `it leads to ${functionArn === '' ? uri : functionArn}, which is no function that runs here`,
    );
  }
}

function referred(resources: readonly Resource[], id: string): Resource {
  const found = resources.find(({ identity }) => identity.reference === id);
  if (found === undefined) throw new TemplateProblem(`it refers to ${id}, which the API does not have`);
  return found;
}

function readStage({ properties }: Resource): StageModel {
  const deployed = properties.flag('AutoDeploy') || properties.optionalText('DeploymentId') !== undefined;
  if (!deployed) {
    throw new TemplateProblem('it deploys nothing in AWS: set AutoDeploy to true or give it a DeploymentId');
  }
  const settings = properties.nested('RouteSettings');
  const throttle = readThrottle(properties.nested('DefaultRouteSettings'));
  const routeThrottles = settings.names.flatMap((routeKey) => {
    const read = readThrottle(settings.nested(routeKey));
    return read === undefined ? [] : [[routeKey, read] as const];
  });
  return {
    name: properties.text('StageName'),
    variables: properties.textMap('StageVariables'),
    ...(throttle === undefined ? {} : { throttle }),
    routeThrottles: Object.fromEntries(routeThrottles),
  };
}

/** What a stage leaves open is the account's. */
function readThrottle(settings: Properties): ThrottleModel | undefined {
  const requestsPerSecond = numberWithin(settings, 'ThrottlingRateLimit');
  const burst = numberWithin(settings, 'ThrottlingBurstLimit');
  if (requestsPerSecond === undefined && burst === undefined) return undefined;
  return {
    requestsPerSecond: requestsPerSecond ?? accountThrottle.requestsPerSecond,
    burst: burst ?? accountThrottle.burst,
  };
}
