import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startLambdaApi } from '../../src/functions/lambda-api.ts';
import {
  account,
  administrator,
  allow,
  callersWith,
  principal,
  type SdkCredentials,
  type Statement,
} from '../support/local-callers.ts';
import { eventually } from '../support/eventually.ts';
import { arnOf, functionModel, testedFunctions } from '../support/local-functions.ts';

/** Invokes `common-promise` as a function whose role has these statements, and as an administrator. */
async function invokers(statements: readonly Statement[]) {
  const { functions } = testedFunctions([functionModel('common.promise')]);
  const { callers, credentials } = await callersWith(statements);
  const api = await startLambdaApi(functions, { port: 0, callers });
  onTestFinished(() => api.stop());
  const invoke = async (given: SdkCredentials, name: string): Promise<unknown> => {
    const client = new LambdaClient({
      endpoint: api.url,
      region: 'eu-west-1',
      credentials: given,
      maxAttempts: 1,
    });
    onTestFinished(() => client.destroy());
    const { Payload: payload } = await client.send(
      new InvokeCommand({ FunctionName: name, Payload: '{"name":"Ana"}' }),
    );
    return payload?.transformToString();
  };
  return {
    functions,
    asFunction: (name = 'common-promise') => invoke(credentials, name),
    asAdministrator: () => invoke(administrator, 'common-promise'),
  };
}

const target = arnOf('common.promise');

describe('a function that invokes another', () => {
  it('may when its role allows it', async () => {
    const { asFunction } = await invokers([allow('lambda:InvokeFunction', target)]);
    expect(await asFunction()).toBe('"Hello Ana"');
  });

  it('is refused otherwise, and nothing runs', async () => {
    const { asFunction, functions } = await invokers([allow('lambda:InvokeFunction', `${target}-2`)]);
    await expect(asFunction()).rejects.toMatchObject({
      name: 'AccessDeniedException',
      message: `User: ${principal} is not authorized to perform: lambda:InvokeFunction on resource: ${target} because no identity-based policy allows the lambda:InvokeFunction action`,
      $metadata: { httpStatusCode: 403 },
    });
    expect(functions.pids).toEqual([]);
  });

  it('needs the version that it names to be allowed too', async () => {
    const { asFunction } = await invokers([allow('lambda:InvokeFunction', target)]);
    await expect(asFunction(`${target}:$LATEST`)).rejects.toMatchObject({ name: 'AccessDeniedException' });
    const any = await invokers([allow('lambda:InvokeFunction', `${target}:*`)]);
    expect(await any.asFunction(`${target}:$LATEST`)).toBe('"Hello Ana"');
  });
});

it('an administrator may invoke everything', async () => {
  const { asAdministrator } = await invokers([]);
  expect(await asAdministrator()).toBe('"Hello Ana"');
});

describe('an event that failed for good', () => {
  const onFailure = 'arn:aws:sqs:eu-west-1:111122223333:failed-events';

  /** Lets an event fail in a function whose role has these statements. */
  async function failedEvent(statements: readonly Statement[]) {
    const asynchronous = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60, onFailure };
    const changes = { asynchronous, roleArn: `arn:aws:iam::${account}:role/clerk` };
    const model = functionModel('misbehaving.throws', changes);
    const { callers } = await callersWith(statements, { function: model });
    const tested = testedFunctions([model], { callers });
    const found = tested.functions.find(model.arn);
    if (found === undefined) throw new Error('The function is not there.');
    const requestId = tested.functions.invokeAsynchronously(found, '{}');
    return { ...tested, requestId, queue: join(tested.dataDirectory, 'queues', 'failed-events.jsonl') };
  }

  it('goes to the queue when the function’s role may send there', async () => {
    const { queue } = await failedEvent([allow('sqs:SendMessage', onFailure)]);
    await eventually(() => expect(existsSync(queue)).toBe(true));
  });

  it('is lost otherwise, which the log says', async () => {
    const { queue, log, requestId } = await failedEvent([allow('sqs:SendMessage', `${onFailure}-2`)]);
    await eventually(() => expect(log).toHaveLength(1));
    expect(log[0]).toMatch(
      new RegExp(`^Event ${requestId} is lost: User: .* is not authorized to perform: sqs:SendMessage`),
    );
    expect(existsSync(queue)).toBe(false);
  });
});
