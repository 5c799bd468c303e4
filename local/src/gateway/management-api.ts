import { isUtf8 } from 'node:buffer';
import type { HttpAnswer } from '../http-answer.ts';
import type { HttpRequest } from '../serve.ts';
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
  fault: { status: 500, type: 'InternalServerErrorException', message: 'Internal server error' },
  full: { status: 429, type: 'LimitExceededException', message: 'Too Many Requests' },
} satisfies Record<string, ApiError>;

/**
 * Answers plain HTTP: the `@connections` API ("Use @connections commands in your backend service"), and 426 where only
 * a WebSocket handshake belongs.
 */
export function answerHttp(
  context: ApiContext,
  connections: OpenConnections,
  request: HttpRequest,
): HttpAnswer {
  const admission = admit(context, request);
  if ('answer' in admission) return admission.answer;
  const { method, body } = request;
  if (method === 'POST') return answerPost(context, connections, admission.target, body);
  return answerCommand(context, connections, admission.target, method);
}

/** For what went wrong here, and not with the request. */
export function faultAnswer(context: ApiContext): HttpAnswer {
  return refusal(context, errors.fault);
}

/** Where a command goes, or the answer when it goes nowhere. */
function admit(
  context: ApiContext,
  request: HttpRequest,
): { readonly target: ManagementTarget } | { readonly answer: HttpAnswer } {
  const path = pathOf(request.url);
  if (context.stages.has(path.slice(1)))
    return { answer: answerOf(context, 426, '', { Upgrade: 'websocket' }) };
  const authorization = request.headers.get('authorization');
  const target = readTarget(path);
  if (target === undefined || !isSigned(authorization))
    return { answer: refusal(context, errors.missingToken) };
  if (!context.stages.has(target.stageName)) return { answer: refusal(context, errors.forbidden) };
  const denial = accessDenial(context, { method: request.method, authorization }, target);
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

function isSigned(authorization: string | undefined): boolean {
  return authorization?.startsWith('AWS4-HMAC-SHA256 ') ?? false;
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
