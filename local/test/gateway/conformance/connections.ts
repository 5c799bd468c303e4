import { describe, expect, it } from 'vitest';
import { GoneException, PayloadTooLargeException } from '@aws-sdk/client-apigatewaymanagementapi';
import { WebSocket } from 'ws';
import { connectKnown, deleteConnection, getConnection, launch, numberAt, post, usual } from './support.ts';
import type { ApiUnderTest, ConformanceTarget } from './target.ts';

const unknownId = 'JC1dgf9yoAMCK-g=';
const largest = 131_072;

export function describeConnections(target: ConformanceTarget): void {
  describePosting(target);
  describeMissing(target);
  describeReading(target);
  describeRefusals(target);
}

function describePosting(target: ConformanceTarget): void {
  describe('@connections: POST', () => {
    it('52 · delivers the body as text and answers 200 with nothing', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      const path = `/@connections/${client.connectionId}`;
      const response = await api.request('POST', path, '{"text":"Grüße 👋"}');
      expect(response.status).toBe(200);
      expect(await response.text()).toBe('');
      expect(await client.next()).toBe('{"text":"Grüße 👋"}');
    });

    it.each([
      ['@', '='],
      ['@', '%3D'],
      ['%40', '='],
      ['%40', '%3D'],
    ])('52 · finds the connection when the path is written with %s and %s', async (at, equals) => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      const path = `/${at}connections/${client.connectionId.replace('=', equals)}`;
      expect((await api.request('POST', path, 'hello')).status).toBe(200);
      expect(await client.next()).toBe('hello');
    });

    it('52 · delivers what the SDK posts, in the order in which it was posted', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      for (const text of ['one', 'two', 'three']) await post(api, client.connectionId, text);
      expect([await client.next(), await client.next(), await client.next()]).toEqual([
        'one',
        'two',
        'three',
      ]);
    });
  });
}

function describeMissing(target: ConformanceTarget): void {
  const commands: ReadonlyArray<[string, (api: ApiUnderTest, id: string) => Promise<unknown>]> = [
    ['POST', (api, id) => post(api, id, 'anyone?')],
    ['GET', getConnection],
    ['DELETE', deleteConnection],
  ];

  describe('@connections: no such connection', () => {
    it.each(commands)('53 · is GoneException to the SDK for a %s', async (_method, send) => {
      const api = await launch(target, usual);
      const error: unknown = await send(api, unknownId).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(GoneException);
      expect(error).toMatchObject({ name: 'GoneException', $metadata: { httpStatusCode: 410 } });
    });

    it('53 · carries the type of the error in a header', async () => {
      const api = await launch(target, usual);
      const response = await api.request('POST', `/@connections/${unknownId}`, 'anyone?');
      expect(response.status).toBe(410);
      expect(response.headers.get('x-amzn-errortype')).toBe('GoneException');
    });

    it.each(commands)(
      '53 · is BadRequestException for a %s with an id of another form',
      async (_method, send) => {
        const api = await launch(target, usual);
        const error: unknown = await send(api, 'nobody').catch((reason: unknown) => reason);
        expect(error).toMatchObject({ name: 'BadRequestException', $metadata: { httpStatusCode: 400 } });
      },
    );

    it.each(commands)('55 · is what remains for a %s after the DELETE', async (_method, send) => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      await deleteConnection(api, client.connectionId);
      await expect(send(api, client.connectionId)).rejects.toMatchObject({ name: 'GoneException' });
    });
  });
}

function describeReading(target: ConformanceTarget): void {
  describe('@connections: GET and DELETE', () => {
    it('54 · tells when the client connected and was active, and who it is', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api, { headers: { 'User-Agent': 'suite/1' } });
      const { event } = (await api.calls('$connect'))[0] ?? {};
      const before = await getConnection(api, client.connectionId);
      expect(before.ConnectedAt?.getTime()).toBe(numberAt(event, 'requestContext.connectedAt'));
      expect(before.Identity?.UserAgent).toBe('suite/1');
      expect(before.Identity?.SourceIp).toMatch(/^[\d.:a-f]+$/);
      await api.passTime(1_000);
      await post(api, client.connectionId, 'wake up');
      const after = await getConnection(api, client.connectionId);
      expect(after.ConnectedAt).toEqual(before.ConnectedAt);
      expect(after.LastActiveAt?.getTime()).toBeGreaterThan(before.LastActiveAt?.getTime() ?? Infinity);
    });

    it('54 · writes its fields in camelCase', async () => {
      const api = await launch(target, usual);
      const { connectionId } = await connectKnown(api, { headers: { 'User-Agent': 'suite/1' } });
      const response = await api.request('GET', `/@connections/${connectionId}`);
      expect(response.status).toBe(200);
      const iso = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/) as unknown;
      const identity = { sourceIp: expect.any(String) as unknown, userAgent: 'suite/1' };
      expect(await response.json()).toEqual({ connectedAt: iso, lastActiveAt: iso, identity });
    });

    it('55 · answers a DELETE with 204', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      const response = await api.request('DELETE', `/@connections/${client.connectionId}`);
      expect(response.status).toBe(204);
      await client.closed;
    });
  });
}

function describeRefusals(target: ConformanceTarget): void {
  describe('@connections: refusals', () => {
    it('56 · delivers 131,072 bytes and refuses one more with 413', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      await post(api, client.connectionId, 'a'.repeat(largest));
      expect(await client.next()).toHaveLength(largest);
      const error: unknown = await post(api, client.connectionId, 'a'.repeat(largest + 1)).catch(
        (reason: unknown) => reason,
      );
      expect(error).toBeInstanceOf(PayloadTooLargeException);
      expect(error).toMatchObject({ $metadata: { httpStatusCode: 413 } });
      await post(api, client.connectionId, 'mark');
      expect(await client.next()).toBe('mark');
    });

    it.each(['POST', 'GET', 'DELETE'])('56 · refuses an unsigned %s with 403', async (method) => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      const url = `${api.managementUrl}/@connections/${client.connectionId}`;
      const body = method === 'POST' ? { body: 'from nobody' } : {};
      expect((await fetch(url, { method, ...body })).status).toBe(403);
      expect(client.socket.readyState).toBe(WebSocket.OPEN);
      await post(api, client.connectionId, 'mark');
      expect(await client.next()).toBe('mark');
    });
  });
}
