import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { attempt } from './client.ts';
import { shapes } from './shapes.ts';
import {
  at,
  connect,
  connectionIdOf,
  connectKnown,
  launch,
  ok,
  post,
  refusedStatus,
  usual,
} from './support.ts';
import type { ConformanceTarget } from './target.ts';

export function describeHandshake(target: ConformanceTarget): void {
  describeAddress(target);
  describeConnectRoute(target);
  describeWaiting(target);
  describeSubProtocols(target);
  describeConnectEvent(target);
}

function describeAddress(target: ConformanceTarget): void {
  describe('handshake: address', () => {
    it('1 · refuses a stage that the API does not have', async () => {
      const api = await launch(target, usual);
      const { result } = attempt(`${api.websocketUrl}-unknown`);
      expect((await result).outcome).toBe('refused');
      expect(await api.calls('$connect')).toHaveLength(0);
    });

    it('2 · answers a plain GET of the WebSocket URL with 426', async () => {
      const api = await launch(target, usual);
      const response = await fetch(api.websocketUrl.replace('ws', 'http'));
      expect(response.status).toBe(426);
      expect(await api.calls('$connect')).toHaveLength(0);
    });

    it('3 · opens without an invocation when there is no $connect route', async () => {
      const api = await launch(target, shapes.withoutConnect);
      const client = await connect(api);
      expect(client.socket.readyState).toBe(WebSocket.OPEN);
      expect(await api.calls('$default')).toHaveLength(0);
    });

    it('25 · refuses a URL of more than 4096 characters', async () => {
      const api = await launch(target, usual);
      await refusedStatus(api, { query: `?token=${'a'.repeat(5000)}` });
      expect(await api.calls('$connect')).toHaveLength(0);
      await connect(api, { query: `?token=${'a'.repeat(3900)}` });
    });
  });
}

function describeConnectRoute(target: ConformanceTarget): void {
  describe('handshake: $connect', () => {
    it.each([200, 201, 204, 299])('4 · opens when $connect returns %i', async (statusCode) => {
      const api = await launch(target, usual);
      await api.script('$connect', { returns: { statusCode } });
      const result = await attempt(api.websocketUrl).result;
      expect(result.response?.statusCode).toBe(101);
    });

    it.each([301, 401, 403, 501])(
      '5 · answers the handshake with the %i that $connect returned, and no $disconnect follows',
      async (statusCode) => {
        const api = await launch(target, usual);
        await api.script('$connect', { returns: { statusCode } });
        expect(await refusedStatus(api)).toBe(statusCode);
        await api.script('$connect', ok);
        const { socket } = await connectKnown(api);
        socket.close();
        await api.nextCall('$disconnect');
        expect(await api.calls('$disconnect')).toHaveLength(1);
      },
    );

    it('6 · answers 502 when $connect throws', async () => {
      const api = await launch(target, usual);
      await api.script('$connect', { throws: 'no' });
      expect(await refusedStatus(api)).toBe(502);
    });

    it('6 · answers 502 when $connect takes more than the integration allows', async () => {
      const api = await launch(target, shapes.hasty);
      await api.hold('$connect');
      const { result } = attempt(api.websocketUrl);
      await api.nextCall('$connect');
      await api.passTime(3_000);
      expect((await result).response?.statusCode).toBe(502);
      expect(await api.calls('$disconnect')).toHaveLength(0);
    });
  });
}

function describeWaiting(target: ConformanceTarget): void {
  describe('handshake: while $connect runs', () => {
    it('7 · keeps the handshake waiting until $connect has returned', async () => {
      const api = await launch(target, usual);
      await api.hold('$connect');
      const { socket, result } = attempt(api.websocketUrl);
      const call = await api.nextCall('$connect');
      expect(socket.readyState).toBe(WebSocket.CONNECTING);
      await call.answer(ok);
      expect((await result).outcome).toBe('open');
    });

    it('8 · answers 410 to a post to the connection whose $connect still runs', async () => {
      const api = await launch(target, usual);
      await api.hold('$connect');
      const { result } = attempt(api.websocketUrl);
      const call = await api.nextCall('$connect');
      const connectionId = connectionIdOf(call.event);
      await expect(post(api, connectionId, 'early')).rejects.toMatchObject({ name: 'GoneException' });
      await call.answer(ok);
      expect((await result).outcome).toBe('open');
      await post(api, connectionId, 'later');
    });
  });
}

function describeSubProtocols(target: ConformanceTarget): void {
  const protocols = ['chat.v1', 'token.abc'];

  describe('handshake: sub-protocols', () => {
    it('20 · opens with exactly the sub-protocol that $connect returned', async () => {
      const api = await launch(target, usual);
      await api.script('$connect', {
        returns: { statusCode: 200, headers: { 'Sec-WebSocket-Protocol': 'token.abc' } },
      });
      const { response, outcome } = await attempt(api.websocketUrl, { protocols }).result;
      expect(outcome).toBe('open');
      expect(response?.headers['sec-websocket-protocol']).toBe('token.abc');
    });

    it('21 · opens without a sub-protocol when $connect returned none, which clients do not accept', async () => {
      const api = await launch(target, usual);
      const { response, outcome } = await attempt(api.websocketUrl, { protocols }).result;
      expect(outcome).toBe('failed');
      expect(response?.statusCode).toBe(101);
      expect(response?.headers).not.toHaveProperty('sec-websocket-protocol');
    });
  });
}

function describeConnectEvent(target: ConformanceTarget): void {
  describe('handshake: event', () => {
    it('22 · gives header names in their canonical case', async () => {
      const api = await launch(target, usual);
      await connect(api, { headers: { 'X-Custom-Name': 'v', Origin: 'https://example.com' } });
      const { event } = await api.nextCall('$connect');
      const names = ['Host', 'Origin', 'Sec-WebSocket-Key', 'Sec-WebSocket-Version', 'X-Forwarded-For'];
      for (const map of ['headers', 'multiValueHeaders']) {
        expect(Object.keys(at(event, map) ?? {})).toEqual(
          expect.arrayContaining([...names, 'X-Custom-Name']),
        );
      }
      for (const name of ['Connection', 'Upgrade']) expect(at(event, 'headers')).not.toHaveProperty(name);
    });

    it('23 · gives one value of a repeated name in the single map and all in the other', async () => {
      const api = await launch(target, usual);
      await connect(api, { headers: { 'X-Twice': ['a', 'b'] }, query: '?q=1&q=2&once=o' });
      const { event } = await api.nextCall('$connect');
      expect(['a', 'b']).toContain(at(event, 'headers.X-Twice'));
      expect(at(event, 'multiValueHeaders.X-Twice')).toEqual(['a', 'b']);
      expect(['1', '2']).toContain(at(event, 'queryStringParameters.q'));
      expect(at(event, 'multiValueQueryStringParameters')).toEqual({ q: ['1', '2'], once: ['o'] });
    });

    it('24 · has no query fields without a query string', async () => {
      const api = await launch(target, usual);
      await connect(api);
      const { event } = await api.nextCall('$connect');
      expect(event).not.toHaveProperty('queryStringParameters');
      expect(event).not.toHaveProperty('multiValueQueryStringParameters');
    });
  });
}
