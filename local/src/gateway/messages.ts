import type { RouteModel } from '../model.ts';
import type { Connection } from './connection.ts';
import type { ApiContext } from './context.ts';
import { errorFrame, errorFrameOf } from './error-frame.ts';
import { messageEvent } from './events.ts';
import { invokeRoute, readProxyAnswer, type IntegrationResult } from './integration.ts';
import { routeOf } from './route-selection.ts';

/**
 * Takes one message of a client to its route's function, and the answer or the failure back.
 *
 * Messages of a connection within its share do not wait for each other: each is an invocation of its own, and they may end
 * in any order.
 */
export async function handleMessage(
  context: ApiContext,
  connection: Connection,
  body: string,
): Promise<void> {
  const { facts } = connection;
  const route = routeOf(body, context.selectRoute, context.routes);
  if (route === undefined) {
    reply(context, connection, errorFrameOf(context, 'Forbidden', facts.connectionId));
    return;
  }
  if (!facts.stage.throttle.admits(route.routeKey)) {
    connection.close(1008, '');
    return;
  }
  const event = messageEvent(context, facts, route.routeKey, body);
  const result = await invokeRoute(context, facts, route, event.payload);
  const text = answerOf(route, result, facts.connectionId, event.requestId);
  if (text !== undefined) reply(context, connection, text);
}

/** What goes back to the client: a failure always, a returned body only on a route with a route response. */
function answerOf(
  route: RouteModel,
  result: IntegrationResult,
  connectionId: string,
  requestId: string,
): string | undefined {
  switch (result.outcome) {
    case 'answered':
      return route.responds ? readProxyAnswer(result.payload)?.body : undefined;
    case 'failed':
      return errorFrame('Internal server error', connectionId, requestId);
    case 'timedOut':
      return errorFrame('Endpoint request timed out', connectionId, requestId);
  }
}

function reply(context: ApiContext, connection: Connection, text: string): void {
  const outcome = connection.send(text);
  if (outcome === 'full') {
    context.log(`a reply to ${connection.facts.connectionId} was dropped: the client does not read`);
  }
}
