import type { ApiContext, Stage } from './context.ts';
import { newId, newMessageId } from './ids.ts';
import type { UpgradeRequest } from './upgrade-request.ts';

/**
 * The events that functions get, as API Gateway writes them ("Working with integration requests for WebSocket APIs",
 * "Lambda REQUEST authorizer functions"): what does not apply is absent, not null.
 */

/** What stays the same for a connection as long as it lives. */
export interface ConnectionFacts {
  readonly connectionId: string;
  /** Milliseconds since the epoch. */
  readonly connectedAt: number;
  readonly stage: Stage;
  readonly sourceIp: string;
  readonly userAgent: string | undefined;
  /** The authorizer's context and `principalId`; absent without an authorizer. */
  readonly authorizer?: Readonly<Record<string, string | number>>;
}

export interface CloseStatus {
  readonly code: number;
  readonly reason: string;
}

/** One event, with the id under which the client may hear of its failure. */
export interface RequestEvent {
  readonly requestId: string;
  readonly payload: string;
}

const upgradeOnlyHeaders = ['Connection', 'Upgrade', 'Content-Length'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

export function authorizerEvent(
  context: ApiContext,
  facts: ConnectionFacts,
  upgrade: UpgradeRequest,
  methodArn: string,
): RequestEvent {
  const requestContext = requestContextOf(context, facts, { routeKey: '$connect', eventType: 'CONNECT' });
  const headers = upgrade.headers.without(upgradeOnlyHeaders);
  headers.set('Connection', 'upgrade');
  headers.set('Upgrade', 'websocket');
  headers.set('content-length', '0');
  return eventOf(requestContext.requestId, {
    type: 'REQUEST',
    methodArn,
    headers: headers.single(),
    multiValueHeaders: headers.multi(),
    queryStringParameters: upgrade.query.single(),
    multiValueQueryStringParameters: upgrade.query.multi(),
    stageVariables: facts.stage.model.variables,
    requestContext,
  });
}

export function connectEvent(
  context: ApiContext,
  facts: ConnectionFacts,
  upgrade: UpgradeRequest,
): RequestEvent {
  const requestContext = requestContextOf(context, facts, { routeKey: '$connect', eventType: 'CONNECT' });
  const headers = upgrade.headers.without(upgradeOnlyHeaders);
  return eventOf(requestContext.requestId, {
    headers: headers.single(),
    multiValueHeaders: headers.multi(),
    queryStringParameters: upgrade.query.size > 0 ? upgrade.query.single() : undefined,
    multiValueQueryStringParameters: upgrade.query.size > 0 ? upgrade.query.multi() : undefined,
    stageVariables: stageVariablesOf(facts),
    requestContext,
    isBase64Encoded: false,
  });
}

export function messageEvent(
  context: ApiContext,
  facts: ConnectionFacts,
  routeKey: string,
  body: string,
): RequestEvent {
  const messageId = newMessageId(context.random, facts.connectionId);
  const requestContext = requestContextOf(context, facts, { routeKey, messageId, eventType: 'MESSAGE' });
  return eventOf(requestContext.requestId, {
    requestContext,
    stageVariables: stageVariablesOf(facts),
    body,
    isBase64Encoded: false,
  });
}

export function disconnectEvent(
  context: ApiContext,
  facts: ConnectionFacts,
  status: CloseStatus,
): RequestEvent {
  const requestContext = requestContextOf(context, facts, {
    routeKey: '$disconnect',
    disconnectStatusCode: status.code,
    eventType: 'DISCONNECT',
    disconnectReason: status.reason,
  });
  const headers = { Host: context.domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return eventOf(requestContext.requestId, {
    headers,
    multiValueHeaders: Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
    stageVariables: stageVariablesOf(facts),
    requestContext,
    isBase64Encoded: false,
  });
}

/** The request context of a `$connect` that is not invoked yet, for identity sources of the form `context.X`. */
export function identityContext(context: ApiContext, facts: ConnectionFacts): unknown {
  return requestContextOf(context, facts, { routeKey: '$connect', eventType: 'CONNECT' });
}

function requestContextOf(
  context: ApiContext,
  facts: ConnectionFacts,
  own: Readonly<Record<string, unknown>>,
) {
  const requestId = newId(context.random);
  const now = context.clock.now();
  return {
    ...own,
    authorizer: facts.authorizer,
    extendedRequestId: requestId,
    requestTime: commonLogTime(now),
    messageDirection: 'IN',
    stage: facts.stage.model.name,
    connectedAt: facts.connectedAt,
    requestTimeEpoch: now,
    identity: { userAgent: facts.userAgent, sourceIp: facts.sourceIp },
    requestId,
    domainName: context.domainName,
    connectionId: facts.connectionId,
    apiId: context.api.id,
  };
}

function stageVariablesOf(facts: ConnectionFacts): Readonly<Record<string, string>> | undefined {
  const { variables } = facts.stage.model;
  return Object.keys(variables).length > 0 ? variables : undefined;
}

/** JSON leaves out what is undefined, and so does API Gateway. */
function eventOf(requestId: string, event: Readonly<Record<string, unknown>>): RequestEvent {
  return { requestId, payload: JSON.stringify(event) };
}

/** Common Log Format, such as `16/Aug/2022:12:04:27 +0000`. */
function commonLogTime(milliseconds: number): string {
  const date = new Date(milliseconds);
  const day = String(date.getUTCDate()).padStart(2, '0');
  const month = months[date.getUTCMonth()] ?? '';
  return `${day}/${month}/${date.getUTCFullYear()}:${date.toISOString().slice(11, 19)} +0000`;
}
