import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import {
  at,
  bodies,
  connect,
  connectKnown,
  errorOf,
  launch,
  nextAfterMark,
  numberAt,
  refusedStatus,
  textAt,
  usual,
} from './support.ts';
import { shapes } from './shapes.ts';
import type { ConformanceTarget } from './target.ts';

export function describeMessages(target: ConformanceTarget): void {
  describeRouting(target);
  describeRouteSelection(target);
  describeMessageEvent(target);
  describeReplies(target);
  describeFailures(target);
  describeThrottling(target);
}

function describeRouting(target: ConformanceTarget): void {
  describe('messages: routing', () => {
    it('26 · takes a message to the route that it names', async () => {
      const api = await launch(target, usual);
      const { socket } = await connect(api);
      socket.send('{"action":"x"}');
      const { event } = await api.nextCall('x');
      expect(at(event, 'requestContext.routeKey')).toBe('x');
      expect(await api.calls('$default')).toHaveLength(0);
    });

    it.each([
      ['an unknown action', '{"action":"y"}'],
      ['an action that only an object has by nature', '{"action":"constructor"}'],
      ['a text that is not JSON', 'hello'],
      ['no action', '{"type":"x"}'],
      ['JSON that is not an object', '"x"'],
      ['an empty text', ''],
    ])('27 · takes a message with %s to $default', async (_name, body) => {
      const api = await launch(target, usual);
      const { socket } = await connect(api);
      socket.send(body);
      const { event } = await api.nextCall('$default');
      expect(at(event, 'body')).toBe(body);
      expect(at(event, 'requestContext.routeKey')).toBe('$default');
    });

    it('28 · answers "Forbidden" when there is no $default, and the socket stays open', async () => {
      const api = await launch(target, shapes.withoutDefault);
      const client = await connectKnown(api);
      client.socket.send('{"action":"y"}');
      const { message, connectionId } = errorOf(await client.next());
      expect(message).toBe('Forbidden');
      expect(connectionId).toBe(client.connectionId);
      client.socket.send('{"action":"x"}');
      await api.nextCall('x');
    });

    it.each(['$connect', '$disconnect'])('30 · lets no message reach %s', async (action) => {
      const api = await launch(target, usual);
      const { socket } = await connectKnown(api);
      socket.send(JSON.stringify({ action }));
      socket.send('{"action":"x"}');
      await api.nextCall('x');
      expect(await api.calls('$connect')).toHaveLength(1);
      expect(await api.calls('$disconnect')).toHaveLength(0);
    });
  });
}

function describeRouteSelection(target: ConformanceTarget): void {
  describe('messages: route selection expression', () => {
    it.each<[keyof typeof shapes, string, string]>([
      ['selectsNested', '{"kind":{"name":"x"}}', 'x'],
      ['selectsNumber', '{"version":2}', '2'],
      ['selectsInBraces', '{"action":"x"}', 'x'],
      ['selectsTwo', '{"a":"room","b":7}', 'room/7'],
      ['selectsTwo', '{"a":"room"}', 'room/'],
      ['selectsWithin', '{"kind":{"name":"x"}}', 'v1-x'],
    ])('29 · %s: %s goes to %s', async (shape, body, routeKey) => {
      const api = await launch(target, shapes[shape]);
      const { socket } = await connect(api);
      socket.send(body);
      const { event } = await api.nextCall(routeKey);
      expect(at(event, 'body')).toBe(body);
      expect(await api.calls('$default')).toHaveLength(0);
    });
  });
}

function describeMessageEvent(target: ConformanceTarget): void {
  describe('messages: event', () => {
    it('31 · has the raw text as its body, and neither headers nor query', async () => {
      const api = await launch(target, usual);
      const { socket } = await connect(api, { query: '?q=1' });
      const body = '{ "action" : "x", "text" : "Grüße 👋" }';
      socket.send(body);
      const { event } = await api.nextCall('x');
      expect(at(event, 'body')).toBe(body);
      expect(at(event, 'isBase64Encoded')).toBe(false);
      const names = [
        'headers',
        'multiValueHeaders',
        'queryStringParameters',
        'multiValueQueryStringParameters',
      ];
      for (const name of names) expect(event).not.toHaveProperty(name);
    });

    it('32 · tells type, route and times, with the same connectedAt over the whole connection', async () => {
      const api = await launch(target, usual);
      const { socket } = await connect(api);
      const connected = (await api.nextCall('$connect')).event;
      await api.passTime(1_000);
      socket.send('{"action":"x"}');
      const sent = (await api.nextCall('x')).event;
      socket.close();
      const left = (await api.nextCall('$disconnect')).event;
      const events = [connected, sent, left];
      expect(events.map((event) => at(event, 'requestContext.eventType'))).toEqual([
        'CONNECT',
        'MESSAGE',
        'DISCONNECT',
      ]);
      expect(events.map((event) => at(event, 'requestContext.routeKey'))).toEqual([
        '$connect',
        'x',
        '$disconnect',
      ]);
      const connectedAt = numberAt(connected, 'requestContext.connectedAt');
      expect(numberAt(sent, 'requestContext.requestTimeEpoch')).toBeGreaterThanOrEqual(connectedAt + 1_000);
      for (const event of events) {
        expect(at(event, 'requestContext.connectedAt')).toBe(connectedAt);
        expect(numberAt(event, 'requestContext.requestTimeEpoch')).toBeGreaterThan(1_600_000_000_000);
        expect(textAt(event, 'requestContext.requestTime')).toMatch(
          /^\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d \+0000$/,
        );
        expect(textAt(event, 'requestContext.connectionId')).toMatch(/^[\w-]{15}=$/);
        expect(textAt(event, 'requestContext.domainName')).toMatch(/^\S+\.execute-api\.\S+\.amazonaws\.com$/);
      }
    });
  });
}

function describeReplies(target: ConformanceTarget): void {
  describe('messages: replies', () => {
    it('33 · does not send what a one-way route returned', async () => {
      const api = await launch(target, usual);
      await api.script('x', { returns: { statusCode: 200, body: 'not for the client' } });
      const client = await connectKnown(api);
      client.socket.send('{"action":"x"}');
      await api.nextCall('x');
      expect(await nextAfterMark(api, client)).toBe('mark');
    });

    it('34 · sends the body that a two-way route returned, as text', async () => {
      const api = await launch(target, usual);
      await api.script('echo', { returns: { statusCode: 200, body: '{"text":"Grüße 👋"}' } });
      const client = await connect(api);
      client.socket.send('{"action":"echo"}');
      expect(await client.next()).toBe('{"text":"Grüße 👋"}');
    });

    it('34 · sends nothing when a two-way route returned no body', async () => {
      const api = await launch(target, usual);
      const client = await connectKnown(api);
      client.socket.send('{"action":"echo"}');
      await api.nextCall('echo');
      expect(await nextAfterMark(api, client)).toBe('mark');
    });

    it('38 · runs two messages of one socket at the same time, and answers as they end', async () => {
      const api = await launch(target, usual);
      await api.hold('echo');
      const client = await connect(api);
      client.socket.send('{"action":"echo","n":1}');
      client.socket.send('{"action":"echo","n":2}');
      const first = await api.nextCall('echo');
      const second = await api.nextCall('echo');
      await second.answer({ returns: { statusCode: 200, body: 'second' } });
      expect(await client.next()).toBe('second');
      await first.answer({ returns: { statusCode: 200, body: 'first' } });
      expect(await client.next()).toBe('first');
    });
  });
}

function describeFailures(target: ConformanceTarget): void {
  describe('messages: failures', () => {
    it.each(['x', 'echo'])(
      '35 · answers "Internal server error" when the function of %s throws',
      async (action) => {
        const api = await launch(target, usual);
        await api.script(action, { throws: 'broken' });
        const client = await connectKnown(api);
        client.socket.send(JSON.stringify({ action }));
        const { event } = await api.nextCall(action);
        const error = errorOf(await client.next());
        expect(error).toEqual({
          message: 'Internal server error',
          connectionId: client.connectionId,
          requestId: textAt(event, 'requestContext.requestId'),
        });
        expect(await nextAfterMark(api, client)).toBe('mark');
      },
    );

    it.each([400, 500])('36 · sends nothing when a one-way route returned %i', async (statusCode) => {
      const api = await launch(target, usual);
      await api.script('x', { returns: { statusCode, body: 'no' } });
      const client = await connectKnown(api);
      client.socket.send('{"action":"x"}');
      await api.nextCall('x');
      expect(await nextAfterMark(api, client)).toBe('mark');
    });

    it('37 · answers "Endpoint request timed out" at the integration\'s time, and what comes later is lost', async () => {
      const api = await launch(target, shapes.hasty);
      await api.hold('echo');
      const client = await connectKnown(api);
      client.socket.send('{"action":"echo"}');
      const call = await api.nextCall('echo');
      await api.passTime(3_000);
      const error = errorOf(await client.next());
      expect(error.message).toBe('Endpoint request timed out');
      expect(error.connectionId).toBe(client.connectionId);
      expect(error.requestId).toBe(textAt(call.event, 'requestContext.requestId'));
      await call.answer({ returns: { statusCode: 200, body: 'late' } });
      expect(await nextAfterMark(api, client)).toBe('mark');
    });
  });
}

function describeThrottling(target: ConformanceTarget): void {
  const onePerSecond = { requestsPerSecond: 1, burst: 1 };

  describe('messages: throttling', () => {
    it('43 · answers 429 to a handshake above the rate, without an invocation', async () => {
      const api = await launch(target, { ...usual, throttle: onePerSecond });
      await connect(api);
      expect(await refusedStatus(api)).toBe(429);
      expect(await api.calls('$connect')).toHaveLength(1);
      await api.passTime(1_000);
      await connect(api);
      expect(await api.calls('$connect')).toHaveLength(2);
    });

    it('43 · does not invoke the function for a message above the rate of its route', async () => {
      const api = await launch(target, { ...usual, routeThrottles: { x: onePerSecond } });
      const hasty = await connect(api);
      hasty.socket.send('{"action":"x","n":1}');
      hasty.socket.send('{"action":"x","n":2}');
      await api.nextCall('x');
      const patient = await connect(api);
      await api.passTime(1_000);
      patient.socket.send('{"action":"x","n":3}');
      await api.nextCall('x');
      expect(await bodies(api, 'x')).toEqual(['{"action":"x","n":1}', '{"action":"x","n":3}']);
      expect(patient.socket.readyState).toBe(WebSocket.OPEN);
    });
  });
}
