import { decodeRequest, errorFrame } from '../../../protocol/codec.ts';
import type { Refusal } from '../../../protocol/codes.ts';
import type { Reply, ReplyTo } from '../../../protocol/replies.ts';
import type { Action, Request } from '../../../protocol/requests.ts';
import { tokenExpired as isExpired, type Connection } from '../../core/identity.ts';
import { errorFields, Unavailable, type Log, type World } from '../../core/ports.ts';
import { tokenExpired, type Answer } from '../../core/refusals.ts';
import { parseMessageEvent } from './events.ts';
import { reply, type ProxyResponse } from './responses.ts';

interface RouteDependencies {
  readonly world: World;
  readonly log: Log;
}

/** What decides a frame of these actions: it answers with their reply, or refuses. */
type Decide<D, A extends Action> = (
  deps: D,
  connection: Connection,
  request: Request<A>,
) => Promise<Answer<ReplyTo<A>>>;

/**
 * A handler for the frames of some actions: parse, decide, answer.
 *
 * The route that API Gateway chose (`routeKey`) says which action it is; a frame that names another is refused. The
 * handler rejects only for an event that is no MESSAGE event of these routes: what throws is logged once, and the client
 * sees `UNAVAILABLE`, or `INTERNAL` and the request's id to find the record by.
 */
export function messageRoute<D extends RouteDependencies, A extends Action>(
  actions: readonly A[],
  deps: D,
  decide: Decide<D, A>,
): (event: unknown) => Promise<ProxyResponse> {
  return async (event) => {
    const { connection, requestId, routeKey, text } = parseMessageEvent(event);
    const log = deps.log.with({ requestId, connectionId: connection.id });
    const action = actions.find((each) => each === routeKey);
    if (action === undefined) throw new Error(`this function does not serve the route ${routeKey}`);
    const decoded = decodeRequest(action, text);
    const { identity } = connection;
    if (!decoded.ok) return reply(refuse(log, decoded.refusal), decoded, identity);
    const request = decoded.value;
    if (isExpired(identity.tokenExpiresAt, deps.world.now())) {
      return reply(refuse(log, tokenExpired.refusal), request, identity);
    }
    try {
      const answer = await decide({ ...deps, log }, connection, request);
      const frame = answer.kind === 'done' ? answer.value : refuse(log, answer.refusal);
      return reply(frame, request, identity);
    } catch (error) {
      return reply(fault(log, error, requestId), request, identity);
    }
  };
}

function refuse(log: Log, refusal: Refusal): Reply<'error'> {
  log.write('info', 'refused', { code: refusal.code, reason: refusal.message });
  return errorFrame(refusal);
}

function fault(log: Log, error: unknown, requestId: string): Reply<'error'> {
  log.write('error', 'failed', errorFields(error));
  return error instanceof Unavailable
    ? errorFrame({ code: 'UNAVAILABLE', message: 'A dependency is down or busy; try again in a moment.' })
    : errorFrame({ code: 'INTERNAL', message: `A fault on our side; its reference is ${requestId}.` });
}
