import type { HttpAnswer } from '../http-answer.ts';
import { Refusal } from '../refusal.ts';
import { serve, type HttpRequest } from '../serve.ts';
import { createApiContext, type ApiContextInput } from './context.ts';
import { awsLimits, type GatewayLimits } from './limits.ts';
import { answerHttp, faultAnswer } from './management-api.ts';
import { WebSocketEndpoint } from './websocket-endpoint.ts';

export interface WebSocketGatewayOptions extends Omit<ApiContextInput, 'limits'> {
  /** Port on 127.0.0.1; a free one when absent or 0. */
  readonly port?: number;
  /** Replaces single limits of API Gateway. */
  readonly limits?: Partial<GatewayLimits>;
}

/** One running WebSocket API: its stages as WebSocket endpoints, and its `@connections` API, on one port. */
export interface WebSocketGateway {
  readonly port: number;
  /** Such as `ws://127.0.0.1:3001/prod`. Throws a `Refusal` for a stage that the API does not have. */
  websocketUrl(stage: string): string;
  /** Such as `http://127.0.0.1:3001/prod`, the endpoint to give to a client of `@connections`. Throws as `websocketUrl`. */
  managementUrl(stage: string): string;
  /**
   * Closes every connection with 1001, lets `$disconnect` run for each, and resolves when the server is closed: after
   * `limits.stopMilliseconds` at the latest, when functions or clients take longer. May be called again.
   */
  stop(): Promise<void>;
}

/** Longer than the idle time of common clients' keep-alive, so that the client ends a connection and not the server. */
const keepAliveMilliseconds = 65_000;

/**
 * Runs a WebSocket API as API Gateway does.
 *
 * Rejects with a `Refusal` when the port is taken or the route selection expression is not understood.
 */
export async function startWebSocketGateway(options: WebSocketGatewayOptions): Promise<WebSocketGateway> {
  const context = createApiContext({ ...options, limits: { ...awsLimits, ...options.limits } });
  const endpoint = new WebSocketEndpoint(context);
  const answerOf = (request: HttpRequest): HttpAnswer => {
    try {
      return answerHttp(context, endpoint.connections, request);
    } catch (error) {
      context.log(`${request.method} ${request.url} failed: ${String(error)}`);
      return faultAnswer(context);
    }
  };
  const server = await serve({
    ...(options.port === undefined ? {} : { port: options.port }),
    guard: context.guard,
    maximumBodyBytes: context.limits.messageBytes,
    keepAliveMilliseconds,
    answer: (request, reply) => reply(answerOf(request)),
    upgrade: (request, stream, head) => endpoint.upgrade(request, stream, head),
  });
  const { port } = server;
  const urlOf = (scheme: string, stage: string): string => {
    if (context.stages.has(stage)) return `${scheme}://127.0.0.1:${port}/${stage}`;
    throw new Refusal(
      `API ${context.api.name} has no stage "${stage}"; it has ${[...context.stages.keys()].join(', ')}.`,
    );
  };
  let stopped: Promise<void> | undefined;
  return {
    port,
    websocketUrl: (stage) => urlOf('ws', stage),
    managementUrl: (stage) => urlOf('http', stage),
    // The server outlives the connections, since a `$disconnect` function may still post to others.
    stop: () => (stopped ??= endpoint.stop().then(() => server.stop())),
  };
}
