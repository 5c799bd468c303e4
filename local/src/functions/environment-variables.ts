import { createHash } from 'node:crypto';
import type { FunctionModel } from '../model.ts';

/** Endpoints of the services that run here, by the SDK's service id in capitals, such as `DYNAMODB`. */
export type ServiceEndpoints = Readonly<Record<string, string>>;

export interface Surroundings {
  readonly region: string;
  readonly endpoints: ServiceEndpoints;
  /** Addresses (`ip:port`) by the host names of AWS that lead to something local, whatever the code's endpoint is. */
  readonly redirects: Readonly<Record<string, string>>;
  /** Given to every function besides its own, such as NODE_EXTRA_CA_CERTS. */
  readonly extraEnvironment: Readonly<Record<string, string>>;
}

/**
 * The variables of one execution environment: the template's, Lambda's own, and where the services are. Nothing of this
 * process's environment but PATH.
 *
 * Source: "Defined runtime environment variables", AWS Lambda developer guide.
 */
export function environmentVariables(
  model: FunctionModel,
  surroundings: Surroundings,
  runtimeApi: string,
  logStream: string,
): Record<string, string> {
  return {
    ...(process.env['PATH'] === undefined ? {} : { PATH: process.env['PATH'] }),
    LANG: 'en_US.UTF-8',
    TZ: ':UTC',
    ...endpointVariables(surroundings.endpoints),
    ...surroundings.extraEnvironment,
    ...model.environment,
    ...credentials(model.arn),
    AWS_REGION: surroundings.region,
    AWS_DEFAULT_REGION: surroundings.region,
    AWS_EXECUTION_ENV: `AWS_Lambda_${model.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMegabytes),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: model.logGroup,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_LAMBDA_LOG_FORMAT: model.logFormat,
    ...(model.logLevel === undefined ? {} : { AWS_LAMBDA_LOG_LEVEL: model.logLevel }),
    AWS_LAMBDA_RUNTIME_API: runtimeApi,
    LAMBDA_TASK_ROOT: model.codeDirectory,
    _HANDLER: model.handler,
  };
}

function endpointVariables(endpoints: ServiceEndpoints): Record<string, string> {
  return Object.fromEntries(Object.entries(endpoints).map(([id, url]) => [`AWS_ENDPOINT_URL_${id}`, url]));
}

/** Worthless outside, the same at every start, and one pair for each function, so that a call tells who makes it. */
export function credentials(functionArn: string) {
  const digest = createHash('sha256').update(functionArn).digest('hex');
  return {
    AWS_ACCESS_KEY_ID: `ASIA${digest.slice(0, 16).toUpperCase()}`,
    AWS_SECRET_ACCESS_KEY: digest.slice(16, 56),
    AWS_SESSION_TOKEN: `local-${digest.slice(0, 32)}`,
  };
}
