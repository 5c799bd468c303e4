import { subprotocol } from '../../../protocol/handshake.ts';
import { connect, disconnect } from '../../core/connect.ts';
import { errorFields, Unavailable, type ConnectionStore, type Log } from '../../core/ports.ts';
import { parseConnectionEvent } from './events.ts';
import { status, type ProxyResponse } from './responses.ts';

interface ConnectionDependencies {
  readonly connections: ConnectionStore;
  readonly log: Log;
}

/** Answers the handshake: 200 names the sub-protocol, 503 says that the table is down; a fault is thrown. */
export function connectRoute(deps: ConnectionDependencies): (event: unknown) => Promise<ProxyResponse> {
  return async (event) => {
    const { connection, requestId } = parseConnectionEvent(event);
    const log = deps.log.with({ requestId, connectionId: connection.id });
    try {
      await connect(deps, connection);
    } catch (error) {
      log.write('error', 'connection not stored', errorFields(error));
      if (error instanceof Unavailable) return status(503);
      throw error;
    }
    log.write('info', 'connected', { hotelId: connection.identity.hotelId });
    return status(200, { 'Sec-WebSocket-Protocol': subprotocol });
  };
}

/** Cleans up after a connection. API Gateway ignores the answer, and calls at most once. */
export function disconnectRoute(deps: ConnectionDependencies): (event: unknown) => Promise<ProxyResponse> {
  return async (event) => {
    const { connection, requestId } = parseConnectionEvent(event);
    const log = deps.log.with({ requestId, connectionId: connection.id });
    try {
      await disconnect(deps, connection);
      log.write('info', 'disconnected');
    } catch (error) {
      // The rows are deleted by the next fan-out that meets them.
      log.write('error', 'connection not deleted', errorFields(error));
    }
    return status(200);
  };
}
