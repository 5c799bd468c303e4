import { isUtf8 } from 'node:buffer';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { HttpAnswer } from '../plain-lane.ts';
import type { PlainRequest } from '../plain-request.ts';
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

/** What an answer depends on before the body is read. */
export interface CommandHead {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly authorization: string | undefined;
}

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
  const { method = '', url = '', headers } = request;
  const admission = admit(context, { method, url, authorization: headers.authorization });
  let answer: HttpAnswer;
  if ('answer' in admission) ({ answer } = admission);
  else if (method === 'POST') {
    const body = await readBody(request, context.limits.messageBytes);
    answer = answerPost(context, connections, admission.target, body);
  } else answer = answerCommand(context, connections, admission.target, method);
  response.writeHead(answer.status, answer.headers).end(answer.body);
}

/** The same at once, for a POST of which the whole body is there; undefined for everything else. */
export function answerWholePost(
  context: ApiContext,
  connections: OpenConnections,
  { method, url, headers, body }: PlainRequest,
): HttpAnswer | undefined {
  if (method !== 'POST') return undefined;
  const admission = admit(context, { method, url, authorization: headers.get('authorization') });
  if ('answer' in admission) return admission.answer;
  const fits = body.length <= context.limits.messageBytes;
  return answerPost(context, connections, admission.target, fits ? body : undefined);
}

/** Where a command goes, or the answer when it goes nowhere. */
function admit(
  context: ApiContext,
  head: CommandHead,
): { readonly target: ManagementTarget } | { readonly answer: HttpAnswer } {
  const path = pathOf(head.url);
  if (context.stages.has(path.slice(1)))
    return { answer: answerOf(context, 426, '', { Upgrade: 'websocket' }) };
  const target = readTarget(path);
  if (target === undefined || !isSigned(head)) return { answer: refusal(context, errors.missingToken) };
  if (!context.stages.has(target.stageName)) return { answer: refusal(context, errors.forbidden) };
  const denial = accessDenial(context, head, target);
  if (denial === undefined) return { target };
  return { answer: refusal(context, { status: 403, type: accessDenied, message: denial }) };
}

const accessDenied = 'AccessDeniedException';

function answerCommand(
  context: ApiContext,
  connections: OpenConnections,
  target: ManagementTarget,
  method: string,
): HttpAnswer {
  const connection = find(connections, target);
  if (connection === undefined) return refusal(context, missing(target));
  if (method === 'GET')
    return answerOf(context, 200, describe(connection), { 'Content-Type': 'application/json' });
  if (method !== 'DELETE') return refusal(context, errors.missingToken);
  connection.close(1000, 'Connection Closed Normally');
  return answerOf(context, 204, '');
}

/** @param body Undefined when it is too long. */
function answerPost(
  context: ApiContext,
  connections: OpenConnections,
  target: ManagementTarget,
  body: Buffer | undefined,
): HttpAnswer {
  if (body === undefined) return refusal(context, errors.tooLarge);
  // A text frame must hold UTF-8, or the client fails; what is not UTF-8 is written with replacement characters.
  switch (find(connections, target)?.send(isUtf8(body) ? body : Buffer.from(body.toString()))) {
    case 'sent':
      return answerOf(context, 200, '');
    case 'full':
      return refusal(context, errors.full);
    case 'gone':
    case undefined:
      return refusal(context, missing(target));
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

function isSigned({ authorization }: CommandHead): boolean {
  return authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
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

function refusal(context: ApiContext, { status, type, message }: ApiError): HttpAnswer {
  // IAM's refusals are written with a capital letter, API Gateway's own are not.
  const name = type === accessDenied ? 'Message' : 'message';
  const body = message === '' ? '' : JSON.stringify({ [name]: message });
  return answerOf(context, status, body, { 'Content-Type': 'application/json', 'x-amzn-ErrorType': type });
}

function answerOf(
  context: ApiContext,
  status: number,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): HttpAnswer {
  const length = status === 204 ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return { status, body, headers: { 'x-amzn-RequestId': newId(context.random), ...length, ...headers } };
}
