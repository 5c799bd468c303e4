import {
  ApiGatewayManagementApiClient,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { errorFields, type Gateway, type Log } from '../../core/ports.ts';

/** As many as the fan-out has under way at once; the SDK stops at 50 by default. */
const sockets = 64;

/** What a post that fails costs at most: two attempts of a second each, with a short wait between. */
const attempts = 2;
const attemptMilliseconds = 1000;

/** The @connections API of a stage, at `endpoint` with the stage in its path. */
export function connectionsApi(endpoint: string, log: Log): Gateway {
  const client = new ApiGatewayManagementApiClient({
    endpoint,
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: attemptMilliseconds,
      requestTimeout: attemptMilliseconds,
      throwOnRequestTimeout: true,
      httpsAgent: { keepAlive: true, maxSockets: sockets },
      httpAgent: { keepAlive: true, maxSockets: sockets },
    },
  });
  return {
    async post(connectionId, frame) {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connectionId, Data: frame }));
        return 'delivered';
      } catch (error) {
        const outcome = classify(error);
        if (outcome === 'failed') log.write('warn', 'post failed', { connectionId, ...errorFields(error) });
        return outcome;
      }
    },
  };
}

/**
 * By HTTP status and not by error name: a 410 whose body or header says nothing has the name `Unknown`. 400 is the
 * answer to a malformed id, which no connection has either.
 */
function classify(error: unknown): 'gone' | 'failed' {
  const status = statusOf(error);
  return status === 410 || status === 400 ? 'gone' : 'failed';
}

function statusOf(error: unknown): unknown {
  if (typeof error !== 'object' || error === null || !('$metadata' in error)) return undefined;
  const { $metadata } = error;
  return typeof $metadata === 'object' && $metadata !== null && 'httpStatusCode' in $metadata
    ? $metadata.httpStatusCode
    : undefined;
}
