import { describe, expect, it } from 'vitest';
import { lambda, modelOf, part, refusalOf, webSocketApi } from '../support/template-model.ts';

describe('a number that the service would refuse is refused by name', () => {
  const seconds = 'and must be a whole number from 1 to 900';
  const megabytes = 'and must be a whole number from 128 to 10240';

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ Timeout: 0 }, `Timeout is 0, ${seconds}`],
    [{ Timeout: 901 }, `Timeout is 901, ${seconds}`],
    [{ Timeout: 2.5 }, `Timeout is 2.5, ${seconds}`],
    [{ Timeout: '1e9' }, `Timeout is 1000000000, ${seconds}`],
    [{ MemorySize: 127 }, `MemorySize is 127, ${megabytes}`],
    [{ MemorySize: 10_241 }, `MemorySize is 10241, ${megabytes}`],
    [
      { ReservedConcurrentExecutions: -1 },
      'ReservedConcurrentExecutions is -1, and must be a whole number of 0 or more',
    ],
  ])('of a function: %j', (changes, sentence) => {
    expect(refusalOf({ Chat: lambda(changes) })).toBe(
      `Chat (AWS::Lambda::Function): the property ${sentence}`,
    );
  });

  it.each<[Readonly<Record<string, unknown>>, string]>([
    [{ MaximumRetryAttempts: 3 }, 'MaximumRetryAttempts is 3, and must be a whole number from 0 to 2'],
    [{ MaximumRetryAttempts: -1 }, 'MaximumRetryAttempts is -1, and must be a whole number from 0 to 2'],
    [
      { MaximumEventAgeInSeconds: 59 },
      'MaximumEventAgeInSeconds is 59, and must be a whole number from 60 to 21600',
    ],
    [
      { MaximumEventAgeInSeconds: 21_601 },
      'MaximumEventAgeInSeconds is 21601, and must be a whole number from 60 to 21600',
    ],
  ])('of its events: %j', (changes, sentence) => {
    const properties = { FunctionName: { Ref: 'Chat' }, Qualifier: '$LATEST', ...changes };
    const config = { Type: 'AWS::Lambda::EventInvokeConfig', Properties: properties };
    expect(refusalOf({ Chat: lambda(), Config: config })).toBe(
      `Config (AWS::Lambda::EventInvokeConfig): the property ${sentence}`,
    );
  });

  it.each([49, 29_001])('of an integration: %i ms', (time) => {
    const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Chat.Arn}/invocations';
    const integration = { IntegrationUri: { 'Fn::Sub': uri }, TimeoutInMillis: time };
    const changes = { ToChat: part('Integration', { IntegrationType: 'AWS_PROXY', ...integration }) };
    expect(refusalOf(webSocketApi(changes))).toBe(
      `Default (AWS::ApiGatewayV2::Route): the property TimeoutInMillis is ${time}, and must be a whole number from 50 to 29000`,
    );
  });

  it.each([
    [
      { DefaultRouteSettings: { ThrottlingRateLimit: -0.5 } },
      'DefaultRouteSettings.ThrottlingRateLimit is -0.5, and must be a number of 0 or more',
    ],
    [
      { RouteSettings: { $default: { ThrottlingBurstLimit: 1.5 } } },
      'RouteSettings.$default.ThrottlingBurstLimit is 1.5, and must be a whole number of 0 or more',
    ],
  ])('of a stage: %j', (changes, sentence) => {
    const stage = part('Stage', { StageName: 'prod', AutoDeploy: true, ...changes });
    expect(refusalOf(webSocketApi({ Stage: stage }))).toMatch(
      `Stage (AWS::ApiGatewayV2::Stage): the property ${sentence}`,
    );
  });
});

it('takes the least and the most of each number', () => {
  const events = { FunctionName: { Ref: 'Chat' }, Qualifier: '$LATEST' };
  const least = { MaximumRetryAttempts: 0, MaximumEventAgeInSeconds: 60 };
  const config = { Type: 'AWS::Lambda::EventInvokeConfig', Properties: { ...events, ...least } };
  const settings = { ThrottlingRateLimit: 0.5, ThrottlingBurstLimit: 0 };
  const stage = { StageName: 'prod', AutoDeploy: true, DefaultRouteSettings: settings };
  const small = { Timeout: 1, MemorySize: 128, ReservedConcurrentExecutions: 0 };
  const large = lambda({ Timeout: 900, MemorySize: 10_240 });
  const changes = { Chat: lambda(small), Large: large, Config: config, Stage: part('Stage', stage) };
  const model = modelOf(webSocketApi(changes));
  expect(model.functions.map(({ timeoutSeconds }) => timeoutSeconds)).toEqual([1, 900]);
  expect(model.functions[0]?.asynchronous).toEqual({ maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 });
  expect(model.webSocketApis[0]?.stages[0]?.throttle).toEqual({ requestsPerSecond: 0.5, burst: 0 });
});
