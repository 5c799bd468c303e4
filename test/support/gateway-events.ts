import type { Identity } from '../../lambdas/core/identity.ts';
import { contextOf } from '../../lambdas/adapters/api-gateway/events.ts';

/*
 * What API Gateway hands to functions, in the shape of recorded events.
 */

const connectedAt = Date.parse('2026-11-23T09:00:00.000Z');

export const ana: Identity = {
  hotelId: 'grand',
  userId: 'ana',
  name: 'Ana',
  role: 'staff',
  departments: ['front-desk', 'spa'],
  tokenExpiresAt: Date.parse('2026-11-23T10:00:00.000Z') / 1000,
};

function requestContext(routeKey: string, eventType: string) {
  return {
    routeKey,
    eventType,
    extendedRequestId: 'W9In0EDVIAMFexQ=',
    requestTime: '23/Nov/2026:09:30:00 +0000',
    messageDirection: 'IN',
    stage: 'prod',
    connectedAt,
    requestTimeEpoch: connectedAt + 1,
    identity: { userAgent: 'test', sourceIp: '192.0.2.1' },
    requestId: 'W9In0EDVIAMFexQ=',
    domainName: 'abc.execute-api.us-east-1.amazonaws.com',
    connectionId: 'W9In0cvXIAMCFvw=',
    apiId: 'abc',
  };
}

/** With the authorizer's context as it stands on every event of a connection. */
function authorized(routeKey: string, eventType: string, identity: Identity) {
  const authorizer = { ...contextOf(identity), principalId: identity.userId };
  return { ...requestContext(routeKey, eventType), authorizer };
}

export function messageEvent(routeKey: string, frame: unknown, identity = ana) {
  const body = typeof frame === 'string' ? frame : JSON.stringify(frame);
  return { requestContext: authorized(routeKey, 'MESSAGE', identity), body, isBase64Encoded: false };
}

export function connectEvent(identity = ana) {
  const headers = { Host: 'abc', 'Sec-WebSocket-Protocol': 'lobbybee.v1, token' };
  const context = authorized('$connect', 'CONNECT', identity);
  const authorizer = { ...context.authorizer, integrationLatency: 21 };
  return { headers, requestContext: { ...context, authorizer }, isBase64Encoded: false };
}

export function disconnectEvent(identity = ana) {
  const context = authorized('$disconnect', 'DISCONNECT', identity);
  const headers = { Host: 'abc', 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' };
  return {
    headers,
    requestContext: { ...context, disconnectStatusCode: 1001, disconnectReason: 'Going away' },
    isBase64Encoded: false,
  };
}

export const methodArn = 'arn:aws:execute-api:us-east-1:123456789012:abc/prod/$connect';

export function authorizerEvent(headers: Readonly<Record<string, readonly string[]>>) {
  return {
    type: 'REQUEST',
    methodArn,
    headers: Object.fromEntries(Object.entries(headers).map(([name, values]) => [name, values.at(-1)])),
    multiValueHeaders: { Host: ['abc'], Connection: ['upgrade'], 'content-length': ['0'], ...headers },
    stageVariables: {},
    requestContext: requestContext('$connect', 'CONNECT'),
  };
}
