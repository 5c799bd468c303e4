import { STATUS_CODES } from 'node:http';
import { authorize } from './authorizer.ts';
import type { ApiContext } from './context.ts';
import { connectEvent, type ConnectionFacts } from './events.ts';
import { newId } from './ids.ts';
import { invokeRoute, readProxyAnswer } from './integration.ts';
import { isProtocolToken, type HandshakeRefusal, type UpgradeRequest } from './upgrade-request.ts';

export type HandshakeDecision =
  | { readonly refusal: HandshakeRefusal; readonly facts: ConnectionFacts }
  /** `protocol` is the sub-protocol that `$connect` chose: API Gateway never chooses one itself. */
  | { readonly facts: ConnectionFacts; readonly protocol: string | undefined };

type ConnectAnswer = { readonly protocol: string | undefined } | { readonly refusal: HandshakeRefusal };

const accepted: ConnectAnswer = { protocol: undefined };
const failed = { refusal: { status: 502, message: 'Internal server error' } };

/** Throttle, authorizer, `$connect`: whether the client gets its WebSocket. The client waits meanwhile. */
export async function decideHandshake(
  context: ApiContext,
  upgrade: UpgradeRequest,
): Promise<HandshakeDecision> {
  const { stage, sourceIp, userAgent } = upgrade;
  const facts: ConnectionFacts = {
    connectionId: newId(context.random),
    connectedAt: context.clock.now(),
    stage,
    sourceIp,
    userAgent,
  };
  if (!stage.throttle.admits('$connect'))
    return { facts, refusal: { status: 429, message: 'Too Many Requests' } };
  const authorizer = context.routes.get('$connect')?.authorizer;
  if (authorizer === undefined) return { facts, ...(await connect(context, facts, upgrade)) };
  const decision = await authorize(context, authorizer, facts, upgrade);
  if ('refusal' in decision) return { facts, ...decision };
  const integrationLatency = context.clock.now() - facts.connectedAt;
  const connecting = { ...facts, authorizer: { ...decision.values, integrationLatency } };
  const answer = await connect(context, connecting, upgrade);
  return { facts: { ...facts, authorizer: decision.values }, ...answer };
}

async function connect(
  context: ApiContext,
  facts: ConnectionFacts,
  upgrade: UpgradeRequest,
): Promise<ConnectAnswer> {
  const route = context.routes.get('$connect');
  if (route === undefined) return accepted;
  const { payload } = connectEvent(context, facts, upgrade);
  const result = await invokeRoute(context, facts, route, payload);
  return result.outcome === 'answered' ? readConnectAnswer(context, result.payload) : failed;
}

function readConnectAnswer(context: ApiContext, payload: string): ConnectAnswer {
  const answer = readProxyAnswer(payload);
  const status = answer?.statusCode;
  if (answer === undefined || status === undefined || status < 200 || status > 599) {
    context.log('$connect returned no object with a statusCode from 200 to 599');
    return failed;
  }
  if (status > 299) return { refusal: { status, message: STATUS_CODES[status] ?? '' } };
  const protocol = answer.headers.get('sec-websocket-protocol');
  if (protocol === undefined || isProtocolToken(protocol)) return { protocol };
  context.log('$connect returned a Sec-WebSocket-Protocol that is not one protocol name');
  return failed;
}
