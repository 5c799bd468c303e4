import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import { denialMessage, type Call, type Callers } from '../authorization.ts';
import type { InvokeResult } from '../invoker.ts';
import { parseJson } from '../json.ts';
import { listenLocally } from '../listen.ts';
import { guarded, requestGuard } from '../request-guard.ts';
import type { FoundFunction, Functions } from './functions.ts';

/** Lambda's Invoke API, as SDKs and the AWS CLI call it. */
export interface LambdaApi {
  readonly url: string;
  stop(): Promise<void>;
}

interface Answer {
  readonly status: number;
  readonly body?: string;
  readonly headers?: Readonly<Record<string, string>>;
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
  const listener: RequestListener = (request, response) => {
    const answering = readBody(request).then((body) => answer(functions, request, body, callers));
    answering.then(
      (answered) => send(response, answered),
      (error: unknown) => send(response, failure(500, 'ServiceException', String(error))),
    );
  };
  const server = createServer(guarded(requestGuard(hosts), listener));
  const bound = await listenLocally(server, port);
  return {
    url: `http://127.0.0.1:${bound}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A request names only path and query; what cannot be read as such is no path of this API. */
const base = 'http://lambda';

async function answer(
  functions: Functions,
  request: IncomingMessage,
  body: Buffer | 'tooLarge',
  callers: Callers | undefined,
): Promise<Answer> {
  const url = request.url ?? '';
  const { pathname, searchParams } = URL.canParse(url, base) ? new URL(url, base) : new URL(base);
  const [, name] = invocations.exec(pathname) ?? [];
  if (name === undefined || request.method !== 'POST') {
    return failure(404, 'UnknownOperationException', 'Only the Invoke API of Lambda is served here.');
  }
  if (!isSigned(request))
    return failure(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token');
  const type = header(request, 'x-amz-invocation-type') ?? 'RequestResponse';
  if (!isInvocationType(type)) {
    return failure(400, 'InvalidParameterValueException', `InvocationType ${type} is none of ${validTypes}.`);
  }
  if (body === 'tooLarge' || body.length > maximumBytes[type]) {
    const message = `Request must be smaller than ${maximumBytes[type]} bytes for the InvokeFunction operation`;
    return failure(413, 'RequestTooLargeException', message);
  }
  const qualifier = searchParams.get('Qualifier');
  const reference = decoded(name) + (qualifier === null ? '' : `:${qualifier}`);
  const found = functions.find(reference);
  if (found === undefined)
    return failure(404, 'ResourceNotFoundException', `Function not found: ${reference}`);
  const denial = callers
    ?.signerOf(header(request, 'authorization'))
    ?.denialOf(invocationOf(found, reference));
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
): Promise<Answer> {
  const payload = text === '' ? '{}' : text;
  if (parseJson(payload) === undefined) {
    return failure(400, 'InvalidRequestContentException', 'Could not parse request body into json.');
  }
  if (type === 'DryRun') return { status: 204 };
  if (type === 'Event') {
    const requestId = functions.invokeAsynchronously(found, payload);
    return requestId === undefined
      ? tooManyRequests
      : { status: 202, headers: { 'x-amzn-RequestId': requestId } };
  }
  return answerOf(await functions.invoke(found.model.arn, payload));
}

const tooManyRequests = failure(429, 'TooManyRequestsException', 'Rate Exceeded.');

function answerOf(result: InvokeResult): Answer {
  const headers = { 'x-amzn-RequestId': result.requestId, 'X-Amz-Executed-Version': '$LATEST' };
  switch (result.outcome) {
    case 'success':
      return { status: 200, headers, body: result.payload };
    case 'functionError':
      return {
        status: 200,
        headers: { ...headers, 'X-Amz-Function-Error': 'Unhandled' },
        body: result.payload,
      };
    case 'throttled':
      return tooManyRequests;
    case 'denied':
      return failure(403, 'AccessDeniedException', 'The caller may not invoke this function.');
    case 'notFound':
      return failure(404, 'ResourceNotFoundException', 'Function not found.');
  }
}

function failure(status: number, type: string, message: string): Answer {
  const body = JSON.stringify({ Type: 'User', Message: message });
  return { status, body, headers: { 'x-amzn-ErrorType': type } };
}

function send(response: ServerResponse, { status, body = '', headers = {} }: Answer): void {
  response.writeHead(status, { 'Content-Type': 'application/json', ...headers }).end(body);
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
function isSigned(request: IncomingMessage): boolean {
  return (header(request, 'authorization') ?? '').startsWith('AWS4-');
}

function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

async function readBody(request: IncomingMessage): Promise<Buffer | 'tooLarge'> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    // What is too large is read to its end and not kept: a client that still writes would not see the answer.
    if (bytes <= maximumBytes.RequestResponse) chunks.push(chunk);
  });
  await new Promise<void>((resolve, reject) => {
    request.on('end', () => resolve());
    request.on('error', reject);
  });
  return bytes > maximumBytes.RequestResponse ? 'tooLarge' : Buffer.concat(chunks);
}
