import { randomUUID } from 'node:crypto';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { denialMessage, type Caller, type Callers } from '../authorization.ts';
import { openPlainLane, type HttpAnswer } from '../plain-lane.ts';
import { isRecord, parseJson } from '../json.ts';
import { listenLocally } from '../listen.ts';
import { guarded, requestGuard } from '../request-guard.ts';
import type { CallReader } from './calls.ts';
import { engineConnections } from './engine-connections.ts';
import { UnreadableRequest } from './request-part.ts';

export interface DynamoDbProxyOptions {
  readonly engineUrl: string;
  /** Whose roles are asked; everybody may do everything when absent. */
  readonly callers?: Callers | undefined;
  /** AWS's host names that lead here. */
  readonly hosts?: readonly string[];
  readonly readCalls: CallReader;
}

/**
 * DynamoDB as everybody reaches it: what comes from a web page is refused, and what a function's role does not allow;
 * everything else goes to the engine, which asks nobody.
 */
export interface DynamoDbProxy {
  readonly url: string;
  stop(): Promise<void>;
}

interface ServiceError {
  readonly type: string;
  readonly message: string;
}

export async function startDynamoDbProxy(options: DynamoDbProxyOptions): Promise<DynamoDbProxy> {
  const agent = new Agent({ keepAlive: true });
  const guard = requestGuard(options.hosts);
  const listener: RequestListener = (request, response) => {
    readBody(request, (body) => {
      const { authorization, 'x-amz-target': target } = request.headers;
      const error = errorOf({ authorization, target: String(target), body }, options);
      if (error === undefined) forward(request, body, response, { agent, engineUrl: options.engineUrl });
      else refuse(response, error);
    });
  };
  const server = createServer(guarded(guard, listener));
  // An environment that is frozen for minutes must find its connection as it left it.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  const engineOf = engineConnections(options.engineUrl);
  const lane = openPlainLane(server, guard, ({ headers, body }, connection, chunk) => {
    const head = { authorization: headers.get('authorization'), target: headers.get('x-amz-target') ?? '' };
    const error = errorOf({ ...head, body }, options);
    if (error === undefined) engineOf(connection).write(chunk);
    else connection.answer(refusal(error));
    return true;
  });
  const port = await listenLocally(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
        lane.closeConnections();
        agent.destroy();
      }),
  };
}

/** Hands on both ways what it does not look into. */
function forward(
  { method, url: path, rawHeaders: headers }: IncomingMessage,
  body: Buffer,
  response: ServerResponse,
  { agent, engineUrl }: { readonly agent: Agent; readonly engineUrl: string },
): void {
  // As without a proxy: an engine that is gone closes the connection.
  const breakOff = (): void => void response.destroy();
  const request = httpRequest(engineUrl, { agent, method, path, headers }, (answer) => {
    answer.on('error', breakOff);
    readBody(answer, (answered) => {
      response.writeHead(answer.statusCode ?? 500, answer.rawHeaders).end(answered);
    });
  });
  request.on('error', breakOff);
  request.end(body);
}

interface SignedRequest {
  readonly authorization: string | undefined;
  /** Such as `DynamoDB_20120810.PutItem`. */
  readonly target: string;
  readonly body: Buffer;
}

/** Why a request is refused; undefined for one that the engine may answer. */
function errorOf(
  { authorization, target, body }: SignedRequest,
  { callers, readCalls }: DynamoDbProxyOptions,
): ServiceError | undefined {
  const caller = callers?.signerOf(authorization);
  if (caller === undefined) return undefined;
  const [, operation = ''] = target.split('.');
  if (partiQl.has(operation))
    return invalid(`${operation} is not checked against policies here, so that functions cannot use it.`);
  const request = parseJson(body.toString());
  if (!isRecord(request)) return unreadable;
  try {
    return denial(caller, readCalls(operation, request));
  } catch (problem) {
    if (problem instanceof UnreadableRequest) return invalid(problem.message);
    throw problem;
  }
}

function denial(caller: Caller, calls: ReturnType<CallReader>): ServiceError | undefined {
  for (const call of calls) {
    const denied = caller.denialOf(call);
    if (denied !== undefined)
      return { type: 'com.amazon.coral.service#AccessDeniedException', message: denialMessage(denied) };
  }
  return undefined;
}

const unreadable = { type: 'com.amazon.coral.service#SerializationException', message: '' };

/** Keys and attributes stand in the text of their statements, which is not read here. */
const partiQl = new Set(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction']);

function invalid(message: string): ServiceError {
  return { type: 'com.amazon.coral.validate#ValidationException', message };
}

function refuse(response: ServerResponse, error: ServiceError): void {
  const { status, headers, body } = refusal(error);
  response.writeHead(status, headers).end(body);
}

function refusal({ type, message }: ServiceError): HttpAnswer {
  const body = JSON.stringify({ __type: type, ...(message === '' ? {} : { Message: message }) });
  const headers = {
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': randomUUID(),
  };
  return { status: 400, headers, body };
}

function readBody(request: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}
