import { describe, expect, it } from 'vitest';
import { lambda, modelOf, part, refusalOf, webSocketApi } from '../support/template-model.ts';

describe('a function is refused by name', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'with a container image',
      { PackageType: 'Image' },
      'its code is a container image; only code packed as a zip file runs here',
    ],
    ['with layers', { Layers: ['arn:layer'] }, 'the property Layers is not supported'],
    [
      'with another runtime',
      { Runtime: 'python3.13' },
      'the runtime python3.13 is not supported; only Node.js runs here',
    ],
    [
      'with code that is no asset',
      { Code: { S3Key: 'elsewhere.zip' } },
      'its code elsewhere.zip is not an unpacked asset of the assembly',
    ],
    ['without code', { Code: {} }, 'its code is neither inline nor an asset of the assembly'],
    [
      'with another format of its log',
      { LoggingConfig: { LogFormat: 'XML' } },
      'the property LoggingConfig.LogFormat is XML, and must be Text or JSON',
    ],
    [
      'with another level of its log',
      { LoggingConfig: { LogFormat: 'JSON', ApplicationLogLevel: 'LOUD' } },
      'the property LoggingConfig.ApplicationLogLevel is LOUD, and must be one of TRACE, DEBUG, INFO, WARN, ERROR, FATAL',
    ],
    ['without a handler', { Handler: undefined }, 'the property Handler is missing'],
    ['with a file system', { FileSystemConfigs: [{}] }, 'the property FileSystemConfigs is not supported'],
    [
      'with a variable that leads nowhere',
      { Environment: { Variables: { TABLE: { Ref: 'Rooms' } } } },
      'it refers to Rooms, which does not exist',
    ],
    [
      'with an intrinsic that is not known',
      { Environment: { Variables: { X: { 'Fn::Transform': {} } } } },
      'the intrinsic function Fn::Transform is not known',
    ],
  ])('%s', (_title, changes, sentence) => {
    expect(refusalOf({ Chat: lambda(changes) })).toBe(`Chat (AWS::Lambda::Function): ${sentence}`);
  });
});

describe('a WebSocket API is refused by name', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'as an HTTP API',
      { Api: part('Api', { Name: 'web', ProtocolType: 'HTTP' }) },
      'Api (AWS::ApiGatewayV2::Api): the protocol HTTP is not supported; only WEBSOCKET runs here',
    ],
    ['without a stage', { Stage: undefined }, 'Api (AWS::ApiGatewayV2::Api): it has no stage to serve'],
    [
      'with a stage that deploys nothing',
      {
        Stage: part('Stage', { StageName: 'prod' }),
        Other: part('Stage', { StageName: 'live', AutoDeploy: true }),
      },
      'Stage (AWS::ApiGatewayV2::Stage): it deploys nothing in AWS: set AutoDeploy to true or give it a DeploymentId',
    ],
    [
      'with an integration of another type',
      { ToChat: part('Integration', { IntegrationType: 'MOCK' }) },
      'Default (AWS::ApiGatewayV2::Route): ToChat (AWS::ApiGatewayV2::Integration) has the type MOCK; only AWS_PROXY runs here',
    ],
    [
      'with a route to a function that is elsewhere',
      {
        ToChat: part('Integration', {
          IntegrationType: 'AWS_PROXY',
          IntegrationUri:
            'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/arn:other/invocations',
        }),
      },
      'Default (AWS::ApiGatewayV2::Route): it leads to arn:other, which is no function that runs here',
    ],
    [
      'with a route key that is no text',
      { Default: part('Route', { RouteKey: {}, Target: { 'Fn::Sub': 'integrations/${ToChat}' } }) },
      'Default (AWS::ApiGatewayV2::Route): the property RouteKey is not a text',
    ],
    [
      'with IAM authorization',
      {
        Default: part('Route', {
          RouteKey: '$connect',
          AuthorizationType: 'AWS_IAM',
          Target: 'integrations/x',
        }),
      },
      'Default (AWS::ApiGatewayV2::Route): the authorization type AWS_IAM is not supported, only CUSTOM',
    ],
    [
      'with a request model',
      {
        Default: part('Route', {
          RouteKey: '$default',
          ModelSelectionExpression: '$request.body.action',
          Target: { 'Fn::Sub': 'integrations/${ToChat}' },
        }),
      },
      'Default (AWS::ApiGatewayV2::Route): the property ModelSelectionExpression is not supported',
    ],
  ])('%s', (_title, changes, sentence) => {
    expect(refusalOf(webSocketApi(changes))).toBe(sentence);
  });
});

describe('a template is refused', () => {
  it('for a type of resource that is not known, even when nothing refers to it', () => {
    expect(refusalOf({ Stream: { Type: 'AWS::Kinesis::Stream' } })).toBe(
      'Stream (AWS::Kinesis::Stream): this type of resource is not supported',
    );
  });

  it('for an event source mapping, which would never call its function here', () => {
    expect(refusalOf({ Mapping: { Type: 'AWS::Lambda::EventSourceMapping', Properties: {} } })).toContain(
      'Mapping (AWS::Lambda::EventSourceMapping)',
    );
  });

  it('for a destination that is neither a queue nor a topic', () => {
    const properties = {
      FunctionName: { Ref: 'Chat' },
      Qualifier: '$LATEST',
      DestinationConfig: { OnFailure: { Destination: 'arn:aws:events:eu-west-1:111122223333:event-bus/x' } },
    };
    const config = { Type: 'AWS::Lambda::EventInvokeConfig', Properties: properties };
    expect(refusalOf({ Chat: lambda(), Config: config })).toContain(
      'Config (AWS::Lambda::EventInvokeConfig): the destination arn:aws:events:',
    );
  });

  it('for a transform, which would make other resources of it', () => {
    expect(refusalOf({}, { Transform: 'AWS::LanguageExtensions' })).toBe(
      'hotel: the transform AWS::LanguageExtensions is not supported',
    );
  });

  it('for a transform with parameters, by its name', () => {
    expect(refusalOf({}, { Transform: { Name: 'AWS::Include', Parameters: {} } })).toBe(
      'hotel: the transform AWS::Include is not supported',
    );
  });

  it('for more levels than what reads it can follow', () => {
    const deep: unknown = JSON.parse(`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`);
    expect(refusalOf({ Chat: lambda({ Tags: deep }) })).toBe(
      'A template may be nested 200 levels deep, and this one is deeper.',
    );
  });

  it('for exports that rest on each other', () => {
    const outputs = {
      A: { Value: { 'Fn::ImportValue': 'b' }, Export: { Name: 'a' } },
      B: { Value: { 'Fn::ImportValue': 'a' }, Export: { Name: 'b' } },
    };
    const chat = lambda({ Environment: { Variables: { X: { 'Fn::ImportValue': 'a' } } } });
    expect(refusalOf({ Chat: chat }, { Outputs: outputs })).toBe(
      'Chat (AWS::Lambda::Function): export a refers to itself',
    );
  });

  it('once, with everything that is wrong, a line each', () => {
    const resources = {
      Chat: lambda({ Layers: ['arn:layer'], Timeout: 'soon' }),
      Stream: { Type: 'AWS::Kinesis::Stream' },
      Grant: {
        Type: 'AWS::Lambda::Permission',
        Properties: {
          Action: 'lambda:InvokeFunction',
          FunctionName: 'nobody',
          Principal: 'sns.amazonaws.com',
        },
      },
    };
    expect(refusalOf(resources).split('\n  ')).toEqual([
      'Stream (AWS::Kinesis::Stream): this type of resource is not supported',
      'Chat (AWS::Lambda::Function): the property Layers is not supported',
      "Grant (AWS::Lambda::Permission): the function nobody is none of this template's",
      'Chat (AWS::Lambda::Function): the property Timeout is not a number',
    ]);
  });
});

describe('a template is not refused', () => {
  it('for what is known to have no effect here', () => {
    const resources = {
      Chat: lambda({ TracingConfig: { Mode: 'Active' }, Layers: { Ref: 'AWS::NoValue' } }),
      Alarm: { Type: 'AWS::CloudWatch::Alarm', Properties: { Threshold: { 'Fn::Cidr': [] } } },
      Pool: { Type: 'AWS::Cognito::UserPool' },
    };
    expect(modelOf(resources).notRun.map(({ logicalId }) => logicalId)).toEqual(['Alarm', 'Pool']);
  });

  it('for a resource whose condition does not hold', () => {
    const resources = { Stream: { Type: 'AWS::Kinesis::Stream', Condition: 'Never' } };
    const conditions = { Never: { 'Fn::Equals': ['a', 'b'] } };
    expect(modelOf(resources, { Conditions: conditions }).notRun).toEqual([]);
  });
});
