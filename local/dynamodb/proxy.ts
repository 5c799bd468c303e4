import { randomUUID } from 'node:crypto';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { denialMessage, type Caller, type Callers } from '../authorization.ts';
import { isRecord, parseJson } from '../json.ts';
import { listenLocally } from '../listen.ts';
import type { CallReader } from './calls.ts';

export interface DynamoDbProxyOptions {
  readonly engineUrl: string;
  readonly callers: Callers;
  readonly readCalls: CallReader;
}

/** DynamoDB as functions reach it: what their roles do not allow is refused, everything else goes to the engine. */
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
  const server = createServer((request, response) => {
    readBody(request, (body) => {
      const error = errorOf(request, body, options);
      if (error === undefined) forward(request, body, response, { agent, engineUrl: options.engineUrl });
      else refuse(response, error);
    });
  });
  // An environment that is frozen for minutes must find its connection as it left it.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  const port = await listenLocally(server, 0);
  return {
    url: `http://127.0.0.1:${port}`,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
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

/** Why a request is refused; undefined for one that the engine may answer. */
function errorOf(
  { headers }: IncomingMessage,
  body: Buffer,
  { callers, readCalls }: DynamoDbProxyOptions,
): ServiceError | undefined {
  const caller = callers.signerOf(headers.authorization);
  if (caller === undefined) return undefined;
  const [, operation = ''] = String(headers['x-amz-target']).split('.');
  if (partiQl.has(operation)) return notChecked(operation);
  const request = parseJson(body.toString());
  if (!isRecord(request)) return unreadable;
  return denial(caller, readCalls(operation, request));
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

function notChecked(operation: string): ServiceError {
  return {
    type: 'com.amazon.coral.validate#ValidationException',
    message: `${operation} is not checked against policies here, so that functions cannot use it.`,
  };
}

function refuse(response: ServerResponse, { type, message }: ServiceError): void {
  const body = JSON.stringify({ __type: type, ...(message === '' ? {} : { Message: message }) });
  response.writeHead(400, {
    'Content-Type': 'application/x-amz-json-1.0',
    'Content-Length': Buffer.byteLength(body),
    'x-amzn-RequestId': randomUUID(),
  });
  response.end(body);
}

function readBody(request: IncomingMessage, then: (body: Buffer) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
}
