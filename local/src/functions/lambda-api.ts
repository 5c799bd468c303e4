import { denialMessage, type Call, type Callers } from '../authorization.ts';
import { jsonAnswer, type HttpAnswer } from '../http-answer.ts';
import type { InvokeResult } from '../invoker.ts';
import { parseJson } from '../json.ts';
import { requestGuard } from '../request-guard.ts';
import { serve, type HttpRequest } from '../serve.ts';
import type { FoundFunction, Functions } from './functions.ts';

/** Lambda's Invoke API, as SDKs and the AWS CLI call it. */
export interface LambdaApi {
  readonly url: string;
  stop(): Promise<void>;
}

/** Source: "Lambda quotas", invocation payload: synchronous 6 MB, asynchronous 1 MB. */
const maximumBytes = { RequestResponse: 6_291_456, Event: 1_048_576, DryRun: 6_291_456 };

type InvocationType = keyof typeof maximumBytes;

const invocations = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export interface LambdaApiOptions {
  /** On 127.0.0.1; a free one for 0. */
  readonly port: number;
  /** AWS's host names that lead here. */
  readonly hosts?: readonly string[];
  /** Whose signature admits to what; any signature admits to everything when absent. */
  readonly callers?: Callers | undefined;
}

/** @throws Refusal when the port is taken. */
export async function startLambdaApi(
  functions: Functions,
  { port, hosts, callers }: LambdaApiOptions,
): Promise<LambdaApi> {
  const server = await serve({
    port,
    guard: requestGuard(hosts),
    maximumBodyBytes: maximumBytes.RequestResponse,
    answer(request, reply) {
      answer(functions, request, callers).then(reply, (error: unknown) =>
        reply(failure(500, 'ServiceException', String(error))),
      );
    },
  });
  return { url: `http://127.0.0.1:${server.port}`, stop: () => server.stop() };
}

/** A request names only path and query; what cannot be read as such is no path of this API. */
const base = 'http://lambda';

async function answer(
  functions: Functions,
  { method, url, body, headers }: HttpRequest,
  callers: Callers | undefined,
): Promise<HttpAnswer> {
  const { pathname, searchParams } = URL.canParse(url, base) ? new URL(url, base) : new URL(base);
  const [, name] = invocations.exec(pathname) ?? [];
  if (name === undefined || method !== 'POST') {
    return failure(404, 'UnknownOperationException', 'Only the Invoke API of Lambda is served here.');
  }
  const authorization = headers.get('authorization');
  if (!isSigned(authorization))
    return failure(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  const type = headers.get('x-amz-invocation-type') ?? 'RequestResponse';
  if (!isInvocationType(type)) {
    return failure(400, 'InvalidParameterValueException', `InvocationType ${type} is none of ${validTypes}.`);
  }
  if (body === undefined || body.length > maximumBytes[type]) {
    const message = `Request must be smaller than ${maximumBytes[type]} bytes for the InvokeFunction operation`;
    return failure(413, 'RequestTooLargeException', message);
  }
  const qualifier = searchParams.get('Qualifier');
  const reference = decoded(name) + (qualifier === null ? '' : `:${qualifier}`);
  const found = functions.find(reference);
  if (found === undefined)
    return failure(404, 'ResourceNotFoundException', `Function not found: ${reference}`);
  const denial = callers?.signerOf(authorization)?.denialOf(invocationOf(found, reference));
  if (denial !== undefined) return failure(403, 'AccessDeniedException', denialMessage(denial));
  return invoke(functions, found, type, body.toString('utf8'));
}

/** Source: "Resources and conditions for Lambda actions": a version that is named is part of the ARN. */
function invocationOf({ model: { arn } }: FoundFunction, reference: string): Call {
  const resource = reference.endsWith(':$LATEST') ? `${arn}:$LATEST` : arn;
  return { action: 'lambda:InvokeFunction', resource };
}

async function invoke(
  functions: Functions,
  found: FoundFunction,
  type: InvocationType,
  text: string,
): Promise<HttpAnswer> {
  const payload = text === '' ? '{}' : text;
  if (parseJson(payload) === undefined) {
    return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  if (type === 'DryRun') return { status: 204, headers: {}, body: '' };
  if (type === 'Event') {
    const requestId = functions.invokeAsynchronously(found, payload);
    return requestId === undefined ? tooManyRequests : jsonAnswer(202, '', { 'x-amzn-RequestId': requestId });
  }
  return answerOf(await functions.invoke(found.model.arn, payload));
}

const tooManyRequests = failure(429, 'TooManyRequestsException', 'Rate Exceeded.');

function answerOf(result: InvokeResult): HttpAnswer {
  const headers = { 'x-amzn-RequestId': result.requestId, 'X-Amz-Executed-Version': '$LATEST' };
  switch (result.outcome) {
    case 'success':
      return jsonAnswer(200, result.payload, headers);
    case 'functionError':
      return jsonAnswer(200, result.payload, { ...headers, 'X-Amz-Function-Error': 'Unhandled' });
    case 'throttled':
      return tooManyRequests;
    case 'denied':
      return failure(403, 'AccessDeniedException', 'The caller may not invoke this function.');
    case 'notFound':
      return failure(404, 'ResourceNotFoundException', 'Function not found.');
  }
}

function failure(status: number, type: string, message: string): HttpAnswer {
  const body = JSON.stringify({ Type: 'User', Message: message });
  return jsonAnswer(status, body, { 'x-amzn-ErrorType': type });
}

/** A name that cannot be decoded is no function's, and stays as it is. */
function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

const validTypes = Object.keys(maximumBytes).join(', ');

function isInvocationType(type: string): type is InvocationType {
  return Object.hasOwn(maximumBytes, type);
}

/** Which signature it is does not matter here; that there is one does, as forgetting it fails in AWS. */
function isSigned(authorization = ''): boolean {
  return authorization.startsWith('AWS4-');
}
