import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import { onTestFinished } from 'vitest';
import { shapes } from './shapes.ts';
import { attempt, type Client, type ClientOptions } from './client.ts';
import type { ApiShape, ApiUnderTest, ConformanceTarget } from './target.ts';

/** The usual API of a test. */
export const usual: ApiShape = shapes.usual;

export const ok = { returns: { statusCode: 200 } };

export async function launch(target: ConformanceTarget, shape: ApiShape): Promise<ApiUnderTest> {
  const api = await target.start(shape);
  onTestFinished(() => api.stop());
  return api;
}

export async function connect(api: ApiUnderTest, options?: ClientOptions): Promise<Client> {
  const result = await attempt(api.websocketUrl, options).result;
  if (result.outcome === 'open') return result.client;
  throw new Error(
    `the handshake ended as ${result.outcome} with ${result.response?.statusCode ?? 'no answer'}`,
  );
}

/** Connects to an API with a `$connect` route, whose event gives the connection id. */
export async function connectKnown(
  api: ApiUnderTest,
  options?: ClientOptions,
): Promise<Client & { readonly connectionId: string }> {
  const client = await connect(api, options);
  const call = await api.nextCall('$connect');
  return { ...client, connectionId: connectionIdOf(call.event) };
}

/** The HTTP status that a handshake is refused with; throws when it is not refused. */
export async function refusedStatus(api: ApiUnderTest, options?: ClientOptions): Promise<number | undefined> {
  const result = await attempt(api.websocketUrl, options).result;
  if (result.outcome !== 'refused') throw new Error(`the handshake was not refused: ${result.outcome}`);
  return result.response.statusCode;
}

export function connectionIdOf(event: unknown): string {
  return textAt(event, 'requestContext.connectionId');
}

/** The value at a dotted path of an event, or undefined. */
export function at(event: unknown, path: string): unknown {
  let value = event;
  for (const name of path.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = Object.entries(value).find(([key]) => key === name)?.[1];
  }
  return value;
}

export function textAt(event: unknown, path: string): string {
  const value = at(event, path);
  if (typeof value === 'string') return value;
  throw new Error(`${path} is not a text in ${JSON.stringify(event)}`);
}

export function numberAt(event: unknown, path: string): number {
  const value = at(event, path);
  if (typeof value === 'number') return value;
  throw new Error(`${path} is not a number in ${JSON.stringify(event)}`);
}

export function post(api: ApiUnderTest, connectionId: string, data: string): Promise<unknown> {
  return api.management.send(
    new PostToConnectionCommand({ ConnectionId: connectionId, Data: Buffer.from(data) }),
  );
}

export function getConnection(api: ApiUnderTest, connectionId: string) {
  return api.management.send(new GetConnectionCommand({ ConnectionId: connectionId }));
}

export function deleteConnection(api: ApiUnderTest, connectionId: string) {
  return api.management.send(new DeleteConnectionCommand({ ConnectionId: connectionId }));
}

/** The text that a client gets next after everything that was sent to it so far: nothing else came before `mark`. */
export async function nextAfterMark(api: ApiUnderTest, client: Client & { readonly connectionId: string }) {
  await post(api, client.connectionId, 'mark');
  return client.next();
}

/** A frame of the gateway's own, parsed. */
export function errorOf(frame: string): { message: string; connectionId: string; requestId: string } {
  const error: unknown = JSON.parse(frame);
  return {
    message: textAt(error, 'message'),
    connectionId: textAt(error, 'connectionId'),
    requestId: textAt(error, 'requestId'),
  };
}

export async function bodies(api: ApiUnderTest, functionName: string): Promise<readonly unknown[]> {
  const calls = await api.calls(functionName);
  return calls.map(({ event }) => at(event, 'body'));
}
