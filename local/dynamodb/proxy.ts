import { randomUUID } from 'node:crypto';
import {
  Agent,
  createServer,
  request as httpRequest,
  type IncomingMessage,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { denialMessage, type Caller, type Callers } from '../authorization.ts';
import { answerText, openPlainLane, type HttpAnswer } from '../plain-lane.ts';
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
      const { authorization, 'x-amz-target': target } = request.headers;
      const error = errorOf({ authorization, target: String(target), body }, options);
      if (error === undefined) forward(request, body, response, { agent, engineUrl: options.engineUrl });
      else refuse(response, error);
    });
  });
  // An environment that is frozen for minutes must find its connection as it left it.
  Object.assign(server, { keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 });
  const engineOf = engineConnections(options.engineUrl);
  const lane = openPlainLane(server, ({ headers, body }, socket, chunk) => {
    const head = { authorization: headers.get('authorization'), target: headers.get('x-amz-target') ?? '' };
    const error = errorOf({ ...head, body }, options);
    if (error === undefined) engineOf(socket).write(chunk);
    else socket.write(answerText(refusal(error), server));
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

/**
 * One connection to the engine for each of a client's, which live and end together: what the engine answers is handed on
 * as it comes. Requests of one connection follow each other's answers, as no client of DynamoDB sends two at once.
 */
function engineConnections(engineUrl: string): (client: Socket) => Socket {
  const { hostname, port } = new URL(engineUrl);
  const connections = new WeakMap<Socket, Socket>();
  return (client) => {
    const known = connections.get(client);
    if (known !== undefined) return known;
    const engine = connect({ host: hostname, port: Number(port || 80), noDelay: true });
    connections.set(client, engine);
    engine.on('data', (chunk) => void client.write(chunk));
    // As without a proxy: an engine that is gone closes the connection.
    engine.on('error', () => client.destroy()).on('close', () => client.destroy());
    client.on('close', () => engine.destroy());
    return engine;
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
  const caller = callers.signerOf(authorization);
  if (caller === undefined) return undefined;
  const [, operation = ''] = target.split('.');
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
