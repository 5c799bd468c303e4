import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { accessDenial, type ManagementTarget } from './access.ts';
import type { Connection } from './connection.ts';
import type { ApiContext } from './context.ts';
import { isConnectionId, newId } from './ids.ts';

/** Open connections by id, over all stages. */
export type OpenConnections = ReadonlyMap<string, Connection>;

interface ApiError {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

const errors = {
  // Also the answer to a method or a resource that does not exist.
  missingToken: {
    status: 403,
    type: 'MissingAuthenticationTokenException',
    message: 'Missing Authentication Token',
  },
  forbidden: { status: 403, type: 'ForbiddenException', message: 'Forbidden' },
  // Recorded without a message.
  gone: { status: 410, type: 'GoneException', message: '' },
  tooLarge: { status: 413, type: 'PayloadTooLargeException', message: 'Payload Too Large' },
  full: { status: 429, type: 'LimitExceededException', message: 'Too Many Requests' },
} satisfies Record<string, ApiError>;

/**
 * Answers plain HTTP: the `@connections` API ("Use @connections commands in your backend service"), and 426 where only
 * a WebSocket handshake belongs.
 */
export async function answerHttp(
  context: ApiContext,
  connections: OpenConnections,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const path = pathOf(request.url ?? '');
  if (context.stages.has(path.slice(1))) {
    end(context, response, 426, '', { Upgrade: 'websocket' });
    return;
  }
  const target = readTarget(path);
  if (target === undefined || !isSigned(request)) refuse(context, response, errors.missingToken);
  else if (!context.stages.has(target.stageName)) refuse(context, response, errors.forbidden);
  else {
    const denial = accessDenial(context, request, target);
    if (denial === undefined) await answerCommand(context, connections, target, request, response);
    else refuse(context, response, { status: 403, type: accessDenied, message: denial });
  }
}

const accessDenied = 'AccessDeniedException';

async function answerCommand(
  context: ApiContext,
  connections: OpenConnections,
  target: ManagementTarget,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method === 'POST') {
    const body = await readBody(request, context.limits.messageBytes);
    if (body === undefined) refuse(context, response, errors.tooLarge);
    else post(context, find(connections, target), body, target, response);
    return;
  }
  const connection = find(connections, target);
  if (connection === undefined) {
    refuse(context, response, missing(target));
  } else if (request.method === 'GET') {
    end(context, response, 200, describe(connection), { 'Content-Type': 'application/json' });
  } else if (request.method === 'DELETE') {
    connection.close(1000, 'Connection Closed Normally');
    end(context, response, 204, '');
  } else {
    refuse(context, response, errors.missingToken);
  }
}

function post(
  context: ApiContext,
  connection: Connection | undefined,
  body: Buffer,
  target: ManagementTarget,
  response: ServerResponse,
): void {
  // A text frame must hold UTF-8, or the client fails; what is not UTF-8 is written with replacement characters.
  switch (connection?.send(isUtf8(body) ? body : body.toString())) {
    case 'sent':
      end(context, response, 200, '');
      break;
    case 'full':
      refuse(context, response, errors.full);
      break;
    case 'gone':
    case undefined:
      refuse(context, response, missing(target));
      break;
  }
}

function find(connections: OpenConnections, target: ManagementTarget): Connection | undefined {
  const connection = connections.get(target.connectionId);
  return connection?.facts.stage.model.name === target.stageName ? connection : undefined;
}

function missing({ connectionId }: ManagementTarget): ApiError {
  if (isConnectionId(connectionId)) return errors.gone;
  return { status: 400, type: 'BadRequestException', message: `Invalid connectionId: ${connectionId}` };
}

function describe({ facts, lastActiveAt }: Connection): string {
  return JSON.stringify({
    connectedAt: new Date(facts.connectedAt).toISOString(),
    identity: { sourceIp: facts.sourceIp, userAgent: facts.userAgent },
    lastActiveAt: new Date(lastActiveAt).toISOString(),
  });
}

function pathOf(url: string): string {
  const query = url.indexOf('?');
  return query === -1 ? url : url.slice(0, query);
}

/** `/{stage}/@connections/{id}`, each segment decoded once: clients write `@` and `=` either way. */
function readTarget(path: string): ManagementTarget | undefined {
  const [before, stage = '', resource = '', id = '', ...rest] = path.split('/');
  if (before !== '' || id === '' || rest.length > 0 || decodeSegment(resource) !== '@connections')
    return undefined;
  return { stageName: decodeSegment(stage), connectionId: decodeSegment(id) };
}

function decodeSegment(segment: string): string {
  if (!segment.includes('%')) return segment;
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function isSigned(request: IncomingMessage): boolean {
  return request.headers.authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
}

/** The whole body, or undefined when it is longer than `limit` bytes. Never settles for a client that goes away. */
function readBody(request: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > limit) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= limit) chunks.push(chunk);
      else resolve(undefined);
    });
    request.on('end', () => resolve(chunks.length === 1 ? chunks[0] : Buffer.concat(chunks)));
  });
}

function refuse(context: ApiContext, response: ServerResponse, { status, type, message }: ApiError): void {
  // IAM's refusals are written with a capital letter, API Gateway's own are not.
  const name = type === accessDenied ? 'Message' : 'message';
  const body = message === '' ? '' : JSON.stringify({ [name]: message });
  end(context, response, status, body, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': type });
}

function end(
  context: ApiContext,
  response: ServerResponse,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  response.writeHead(status, { 'x-amzn-RequestId': newId(context.random), ...length, ...headers });
  response.end(body);
}
