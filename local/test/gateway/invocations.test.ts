import { describe, expect, it } from 'vitest';
import type { InvokeResult } from '../../src/invoker.ts';
import {
  at,
  connect,
  connectKnown,
  errorOf,
  nextAfterMark,
  refusedStatus,
  usual,
} from './conformance/support.ts';
import { launchLocal, type LocalApi } from './local-target.ts';

const guarded = { ...usual, authorizer: ['stageVariables.colour'] };
const variables = { colour: 'blue' };
const policyDocument = {
  Version: '2012-10-17',
  Statement: [{ Action: 'execute-api:Invoke', Effect: 'Allow', Resource: '*' }],
};

const refusals: InvokeResult[] = [
  { outcome: 'denied', requestId: 'r' },
  { outcome: 'throttled', requestId: 'r' },
  { outcome: 'notFound', requestId: 'r' },
];

function callerOf(api: LocalApi, functionName: string): unknown {
  return api.functions.calls(functionName)[0]?.options?.caller;
}

describe('every invocation names API Gateway and the resource it is for', () => {
  it('as the source of authorizer, $connect, message and $disconnect', async () => {
    const api = await launchLocal(guarded, { variables });
    api.script('authorizer', { returns: { principalId: 'ana', policyDocument } });
    const { socket } = await connect(api);
    socket.send('{"action":"x"}');
    await api.nextCall('x');
    socket.close();
    await api.nextCall('$disconnect');
    const service = 'apigateway.amazonaws.com';
    const prefix = 'arn:aws:execute-api:eu-central-1:123456789012:a1b2c3d4e5';
    expect(callerOf(api, 'authorizer')).toEqual({ service, sourceArn: `${prefix}/authorizers/auth01` });
    for (const routeKey of ['$connect', 'x', '$disconnect']) {
      expect(callerOf(api, routeKey)).toEqual({ service, sourceArn: `${prefix}/test/${routeKey}` });
    }
  });
});

describe.each(refusals)('a function whose invocation is $outcome', (result) => {
  it('is a 500 when it is the authorizer', async () => {
    const api = await launchLocal(guarded, { variables });
    api.functions.end('authorizer', result);
    expect(await refusedStatus(api)).toBe(500);
    expect(api.calls('$connect')).toHaveLength(0);
  });

  it('is a 502 when it is $connect', async () => {
    const api = await launchLocal(usual);
    api.functions.end('$connect', result);
    expect(await refusedStatus(api)).toBe(502);
  });

  it('is "Internal server error" to the client of a message', async () => {
    const api = await launchLocal(usual);
    api.functions.end('x', result);
    const client = await connectKnown(api);
    client.socket.send('{"action":"x"}');
    expect(errorOf(await client.next()).message).toBe('Internal server error');
    expect(await nextAfterMark(api, client)).toBe('mark');
    expect(api.log).toHaveLength(1);
  });
});

describe("the authorizer's answer", () => {
  const statement = policyDocument.Statement[0];

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ['is longer than 8 KB', { context: { text: 'a'.repeat(8 * 1024) } }],
    ['has no principalId', { principalId: undefined }],
    ['has a context that is a text', { context: 'grand' }],
    ['has a null in its context', { context: { hotel: null } }],
    [
      'has an effect that does not exist',
      { policyDocument: { Statement: [{ ...statement, Effect: 'Maybe' }] } },
    ],
    [
      'has a condition, which the gateway cannot weigh',
      {
        policyDocument: {
          Statement: [{ ...statement, Condition: { IpAddress: { 'aws:SourceIp': '10.0.0.0/8' } } }],
        },
      },
    ],
  ])('is a fault (500) and is logged when it %s', async (_name, changes) => {
    const api = await launchLocal(guarded, { variables });
    api.script('authorizer', { returns: { principalId: 'ana', policyDocument, ...changes } });
    expect(await refusedStatus(api)).toBe(500);
    expect(api.log).toHaveLength(1);
  });

  it('reaches functions as text, with the latency of the authorizer at $connect alone', async () => {
    const api = await launchLocal(guarded, { variables });
    const context = { level: 3, manager: true };
    api.script('authorizer', { returns: { principalId: 'ana', policyDocument, context } });
    const { socket } = await connect(api);
    socket.send('{"action":"x"}');
    const values = { level: '3', manager: 'true', principalId: 'ana' };
    const connected = await api.nextCall('$connect');
    expect(at(connected.event, 'requestContext.authorizer')).toEqual({ ...values, integrationLatency: 0 });
    const sent = await api.nextCall('x');
    expect(at(sent.event, 'requestContext.authorizer')).toEqual(values);
  });

  it('refuses a policy for another action', async () => {
    const api = await launchLocal(guarded, { variables });
    const other = { Statement: { ...statement, Action: 'lambda:InvokeFunction' } };
    api.script('authorizer', { returns: { principalId: 'ana', policyDocument: other } });
    expect(await refusedStatus(api)).toBe(403);
  });
});
