import { describe, expect, it } from 'vitest';
import { at, connect, connectKnown, usual } from './conformance/support.ts';
import { launchLocal } from './local-target.ts';

const domainName = 'a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com';

/** What every request context holds on the clock that tests start with. */
function contextOf(connectionId: string) {
  return {
    stage: 'test',
    apiId: 'a1b2c3d4e5',
    domainName,
    connectionId,
    connectedAt: 1_700_000_000_000,
    requestTimeEpoch: 1_700_000_000_000,
    requestTime: '14/Nov/2023:22:13:20 +0000',
    messageDirection: 'IN',
    identity: { sourceIp: '127.0.0.1' },
    requestId: expect.stringMatching(/^[\w-]{15}=$/) as unknown,
    extendedRequestId: expect.stringMatching(/^[\w-]{15}=$/) as unknown,
  };
}

describe('events hold what API Gateway writes and nothing else', () => {
  it('for a message', async () => {
    const api = await launchLocal(usual);
    const { socket, connectionId } = await connectKnown(api);
    socket.send('{"action":"x"}');
    const { event } = await api.nextCall('x');
    const messageId = `${String(at(event, 'requestContext.messageId')).slice(0, 8)}${connectionId.slice(8)}`;
    expect(event).toEqual({
      requestContext: { ...contextOf(connectionId), routeKey: 'x', eventType: 'MESSAGE', messageId },
      body: '{"action":"x"}',
      isBase64Encoded: false,
    });
  });

  it('for a disconnect', async () => {
    const api = await launchLocal(usual);
    const { socket, connectionId } = await connectKnown(api);
    socket.close(1001);
    const { event } = await api.nextCall('$disconnect');
    expect(event).toEqual({
      headers: { Host: domainName, 'x-api-key': '', 'X-Forwarded-For': '', 'x-restapi': '' },
      multiValueHeaders: {
        Host: [domainName],
        'x-api-key': [''],
        'X-Forwarded-For': [''],
        'x-restapi': [''],
      },
      requestContext: {
        ...contextOf(connectionId),
        routeKey: '$disconnect',
        eventType: 'DISCONNECT',
        disconnectStatusCode: 1001,
        disconnectReason: '',
      },
      isBase64Encoded: false,
    });
  });

  it('for a connect, but for the headers', async () => {
    const api = await launchLocal(usual);
    const { connectionId } = await connectKnown(api, { query: '?a=1&b=x%20y' });
    const { event } = api.calls('$connect')[0] ?? {};
    expect(event).toEqual({
      headers: expect.any(Object) as unknown,
      multiValueHeaders: expect.any(Object) as unknown,
      queryStringParameters: { a: '1', b: 'x y' },
      multiValueQueryStringParameters: { a: ['1'], b: ['x y'] },
      requestContext: { ...contextOf(connectionId), routeKey: '$connect', eventType: 'CONNECT' },
      isBase64Encoded: false,
    });
  });
});

describe('events hold the stage variables', () => {
  it('where the stage has some', async () => {
    const api = await launchLocal(usual, { variables: { colour: 'blue' } });
    const { socket } = await connect(api);
    socket.send('{"action":"x"}');
    const calls = [await api.nextCall('$connect'), await api.nextCall('x')];
    socket.close();
    calls.push(await api.nextCall('$disconnect'));
    for (const { event } of calls) expect(at(event, 'stageVariables')).toEqual({ colour: 'blue' });
  });
});
