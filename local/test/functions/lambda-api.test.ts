import {
  InvokeCommand,
  LambdaClient,
  type InvocationType,
  type InvokeCommandOutput,
} from '@aws-sdk/client-lambda';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLambdaApi } from '../../src/functions/lambda-api.ts';
import type { FunctionModel } from '../../src/model.ts';
import { eventually } from '../support/eventually.ts';
import { arnOf, functionModel, testedFunctions, type TestedFunctions } from '../support/local-functions.ts';

interface TestedApi extends TestedFunctions {
  readonly url: string;
  readonly call: (
    functionName: string,
    payload?: string,
    type?: InvocationType,
  ) => Promise<InvokeCommandOutput>;
}

async function testedApi(...models: FunctionModel[]): Promise<TestedApi> {
  const tested = testedFunctions(models);
  const api = await startLambdaApi(tested.functions, { port: 0 });
  const client = new LambdaClient({
    endpoint: api.url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  onTestFinished(async () => {
    client.destroy();
    await api.stop();
  });
  const call: TestedApi['call'] = (functionName, payload = '{}', type = 'RequestResponse') =>
    client.send(new InvokeCommand({ FunctionName: functionName, Payload: payload, InvocationType: type }));
  return { ...tested, url: api.url, call };
}

describe('a synchronous invocation', () => {
  it.each([
    ['its name', 'common-promise'],
    ['its ARN', arnOf('common.promise')],
    ['its partial ARN', '111122223333:function:common-promise'],
    ['its ARN with $LATEST', `${arnOf('common.promise')}:$LATEST`],
  ])('reaches a function by %s', async (_title, reference) => {
    const { call } = await testedApi(functionModel('common.promise'));
    const answer = await call(reference, '{"name":"Ana"}');
    expect(answer.Payload?.transformToString()).toBe('"Hello Ana"');
    expect(answer).toMatchObject({ StatusCode: 200, ExecutedVersion: '$LATEST' });
    expect(answer.FunctionError).toBeUndefined();
  });

  it('that fails has the error document as its payload', async () => {
    const { call } = await testedApi(functionModel('misbehaving.throws'));
    const answer = await call('misbehaving-throws');
    expect(answer).toMatchObject({ StatusCode: 200, FunctionError: 'Unhandled' });
    expect(answer.Payload?.transformToString()).toContain('"errorMessage":"no such room"');
  });

  it('without a payload hands over an empty object', async () => {
    const { url } = await testedApi(functionModel('common.promise'));
    const response = await signedPost(`${url}/2015-03-31/functions/common-promise/invocations`, '');
    expect(await response.json()).toBe('Hello undefined');
  });
});

describe('an event', () => {
  it('is accepted with 202 and runs', async () => {
    const { call, output } = await testedApi(functionModel('talks.handler'));
    const answer = await call('talks-handler', '{"words":"later"}', 'Event');
    expect(answer.StatusCode).toBe(202);
    await eventually(() => expect(output.map(({ text }) => text)).toContain('raw later'));
  });

  it('of more than 1 MB is refused', async () => {
    const { call, functions } = await testedApi(functionModel('warm.count'));
    const payload = JSON.stringify('x'.repeat(1_048_576));
    await expect(call('warm-count', payload, 'Event')).rejects.toMatchObject({
      name: 'RequestTooLargeException',
    });
    expect(functions.pids).toEqual([]);
  });
});

it('answers a dry run with 204 and runs nothing', async () => {
  const { call, functions } = await testedApi(functionModel('warm.count'));
  expect((await call('warm-count', '{}', 'DryRun')).StatusCode).toBe(204);
  expect(functions.pids).toEqual([]);
});

describe('a refusal has the name that SDKs know', () => {
  it.each([
    [
      'a function that does not exist',
      'nobody',
      '{}',
      { name: 'ResourceNotFoundException', httpStatusCode: 404 },
    ],
    [
      'another account',
      '999999999999:function:warm-count',
      '{}',
      { name: 'ResourceNotFoundException', httpStatusCode: 404 },
    ],
    ['another version', 'warm-count:7', '{}', { name: 'ResourceNotFoundException', httpStatusCode: 404 }],
    [
      'a payload that is no JSON',
      'warm-count',
      '{',
      { name: 'InvalidRequestContentException', httpStatusCode: 400 },
    ],
    [
      'a payload over 6 MB',
      'warm-count',
      JSON.stringify('x'.repeat(6_291_456)),
      { name: 'RequestTooLargeException', httpStatusCode: 413 },
    ],
    [
      'a function without concurrency',
      'warm-overlap',
      '{}',
      { name: 'TooManyRequestsException', httpStatusCode: 429 },
    ],
  ])('for %s', async (_title, name, payload, { name: error, httpStatusCode }) => {
    const { call } = await testedApi(
      functionModel('warm.count'),
      functionModel('warm.overlap', { reservedConcurrency: 0 }),
    );
    await expect(call(name, payload)).rejects.toMatchObject({ name: error, $metadata: { httpStatusCode } });
  });

  it('for a request that is not signed', async () => {
    const { url } = await testedApi(functionModel('warm.count'));
    const response = await fetch(`${url}/2015-03-31/functions/warm-count/invocations`, {
      method: 'POST',
      body: '{}',
    });
    expect([response.status, response.headers.get('x-amzn-errortype')]).toEqual([
      403,
      'MissingAuthenticationTokenException',
    ]);
  });

  it.each([
    ['$LATEST', 200],
    ['live', 404],
  ])('or not, for the qualifier %s', async (qualifier, status) => {
    const { url } = await testedApi(functionModel('warm.count'));
    const path = `/2015-03-31/functions/warm-count/invocations?Qualifier=${encodeURIComponent(qualifier)}`;
    expect((await signedPost(url + path, '{}')).status).toBe(status);
  });

  it('for a name that cannot be decoded, and the API goes on', async () => {
    const { url } = await testedApi(functionModel('warm.count'));
    expect((await signedPost(`${url}/2015-03-31/functions/%zz/invocations`, '{}')).status).toBe(404);
    expect((await signedPost(`${url}/2015-03-31/functions/warm-count/invocations`, '{}')).status).toBe(200);
  });

  it('for anything but Invoke', async () => {
    const { url } = await testedApi(functionModel('warm.count'));
    expect((await signedPost(`${url}/2015-03-31/functions`, '{}')).status).toBe(404);
  });
});

function signedPost(url: string, body: string): Promise<Response> {
  return fetch(url, {
    method: 'POST',
    body,
    headers: { authorization: 'AWS4-HMAC-SHA256 Credential=local' },
  });
}
