import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readApplication } from '../../src/assembly/read-assembly.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { lambda, modelOf, part, webSocketApi } from '../support/template-model.ts';

const demo = fileURLToPath(new URL('../fixtures/demo-assembly', import.meta.url));

describe('an account and a Region that are named', () => {
  it('are a plain template’s, whose partition and host names follow', () => {
    const directory = temporaryDirectory();
    const templateFile = join(directory, 'chat.json');
    const role = { Type: 'AWS::IAM::Role', Properties: { RoleName: 'porter' } };
    const Outputs = { Url: { Value: { 'Fn::GetAtt': ['Api', 'ApiEndpoint'] } } };
    const RouteSelectionExpression = '$request.body.action';
    const Api = part('Api', { Name: 'chat', ProtocolType: 'WEBSOCKET', RouteSelectionExpression });
    const Stage = part('Stage', { StageName: 'prod', AutoDeploy: true });
    writeFileSync(templateFile, JSON.stringify({ Resources: { Porter: role, Api, Stage }, Outputs }));
    const location = { account: '123456789012', region: 'cn-north-1' };
    const model = readApplication({ templateFile, ...location }, { inlineCodeDirectory: directory });
    expect(model).toMatchObject(location);
    expect(model.roles[0]?.arn).toBe('arn:aws-cn:iam::123456789012:role/porter');
    expect(model.outputs['Url']).toMatch(/^wss:\/\/\w+\.execute-api\.cn-north-1\.amazonaws\.com\.cn$/);
  });

  it('are an assembly’s where it is tied to none, and refused where it is tied to another', () => {
    const options = { inlineCodeDirectory: temporaryDirectory() };
    const account = '123456789012';
    expect(readApplication({ assemblyDirectory: demo, account }, options).account).toBe(account);
    expect(() => readApplication({ assemblyDirectory: demo, region: 'us-east-2' }, options)).toThrow(
      'belongs to the Region eu-west-1 and not to us-east-2; leave us-east-2 out.',
    );
  });
});

describe('a cloud assembly', () => {
  it('is read with every reference followed', () => {
    const model = readApplication({ assemblyDirectory: demo }, { inlineCodeDirectory: temporaryDirectory() });
    const [chat] = model.functions;
    const [api] = model.webSocketApis;
    expect([model.account, model.region]).toEqual(['000000000000', 'eu-west-1']);
    expect(chat).toMatchObject({
      logicalId: 'Chat',
      runtime: 'nodejs24.x',
      handler: 'index.handler',
      codeDirectory: join(demo, 'asset.c0de'),
      timeoutSeconds: 10,
      memoryMegabytes: 256,
      environment: {
        TABLE: model.tables[0]?.name,
        MANAGEMENT: `https://${api?.id}.execute-api.eu-west-1.amazonaws.com/prod`,
      },
      permissions: [
        {
          principal: 'apigateway.amazonaws.com',
          sourceArn: `arn:aws:execute-api:eu-west-1:000000000000:${api?.id}/*$default`,
        },
      ],
      asynchronous: {
        maximumRetryAttempts: 1,
        maximumEventAgeSeconds: 21_600,
        onFailure: model.queues[0]?.arn,
      },
    });
    expect(model.outputs).toEqual({ Url: `wss://${api?.id}.execute-api.eu-west-1.amazonaws.com/prod` });
    expect(model.notRun).toEqual([{ logicalId: 'ChatLog', type: 'AWS::Logs::LogGroup' }]);
  });

  it('has its tables with keys, indexes and time to live', () => {
    const { tables } = readApplication(
      { assemblyDirectory: demo },
      { inlineCodeDirectory: temporaryDirectory() },
    );
    expect(tables).toMatchObject([
      {
        keySchema: [
          { attributeName: 'pk', keyType: 'HASH' },
          { attributeName: 'sk', keyType: 'RANGE' },
        ],
        globalSecondaryIndexes: [{ indexName: 'by-floor', projection: { projectionType: 'KEYS_ONLY' } }],
        timeToLiveAttribute: 'expiresAt',
      },
    ]);
  });

  it('has its WebSocket API with routes, stages and throttles', () => {
    const { webSocketApis, functions } = readApplication(
      { assemblyDirectory: demo },
      { inlineCodeDirectory: temporaryDirectory() },
    );
    expect(webSocketApis).toMatchObject([
      {
        name: 'chat',
        routes: [
          {
            routeKey: '$default',
            responds: true,
            integration: { functionArn: functions[0]?.arn, timeoutMilliseconds: 29_000 },
          },
        ],
        stages: [
          {
            name: 'prod',
            throttle: { requestsPerSecond: 100, burst: 5000 },
            routeThrottles: { $default: { requestsPerSecond: 20, burst: 5 } },
          },
        ],
      },
    ]);
  });

  it('has code that stands in the template written to a directory', () => {
    const inlineCodeDirectory = temporaryDirectory();
    const { functions } = readApplication({ assemblyDirectory: demo }, { inlineCodeDirectory });
    const inline = functions.find(({ logicalId }) => logicalId === 'Inline');
    expect(inline?.reservedConcurrency).toBe(2);
    expect(inline?.codeDirectory.startsWith(inlineCodeDirectory)).toBe(true);
    expect(readFileSync(join(inline?.codeDirectory ?? '', 'index.js'), 'utf8')).toContain("'inline'");
  });

  it('is the same at every reading', () => {
    const options = { inlineCodeDirectory: temporaryDirectory() };
    expect(readApplication({ assemblyDirectory: demo }, options)).toEqual(
      readApplication({ assemblyDirectory: demo }, options),
    );
  });

  it.each([
    ['is not there', '/nowhere', /^\/nowhere\/manifest\.json cannot be read; run "cdk synth"/],
    ['is another directory', fileURLToPath(new URL('.', import.meta.url)), /manifest\.json cannot be read/],
  ])('that %s is refused in a sentence', (_title, directory, message) => {
    expect(() =>
      readApplication({ assemblyDirectory: directory }, { inlineCodeDirectory: '/nowhere' }),
    ).toThrow(message);
  });
});

describe('a template', () => {
  it('has the defaults of the services where it says nothing', () => {
    const { functions } = modelOf({ Chat: lambda() });
    expect(functions).toMatchObject([
      {
        timeoutSeconds: 3,
        memoryMegabytes: 128,
        environment: {},
        permissions: [],
        logFormat: 'Text',
        asynchronous: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 },
      },
    ]);
    expect(functions[0]?.name).toMatch(/^hotel-Chat-[a-z0-9]{12}$/);
    expect(functions[0]).not.toHaveProperty('reservedConcurrency');
  });

  it.each([
    [{ LogFormat: 'JSON' }, { logFormat: 'JSON', logLevel: 'INFO' }],
    [
      { LogFormat: 'JSON', ApplicationLogLevel: 'WARN' },
      { logFormat: 'JSON', logLevel: 'WARN' },
    ],
  ])('has the level of a log in JSON: %j', (LoggingConfig, expected) => {
    const { functions } = modelOf({ Chat: lambda({ LoggingConfig }) });
    expect(functions).toMatchObject([expected]);
  });

  it('has no level of a log in plain text, which Lambda does not filter', () => {
    const { functions } = modelOf({ Chat: lambda({ LoggingConfig: { ApplicationLogLevel: 'WARN' } }) });
    expect(functions[0]).not.toHaveProperty('logLevel');
  });

  it('has a route that answers only with a route response and its expression', () => {
    const answering = { RouteResponseSelectionExpression: '$default' };
    const target = { 'Fn::Sub': 'integrations/${ToChat}' };
    const { webSocketApis } = modelOf(
      webSocketApi({
        Silent: part('Route', { RouteKey: 'silent', Target: target, ...answering }),
        Answering: part('Route', { RouteKey: 'answering', Target: target, ...answering }),
        Response: part('RouteResponse', { RouteId: { Ref: 'Answering' }, RouteResponseKey: '$default' }),
      }),
    );
    const responds = webSocketApis[0]?.routes.map((route) => [route.routeKey, route.responds]);
    expect(responds).toEqual([
      ['$default', false],
      ['silent', false],
      ['answering', true],
    ]);
  });

  it('has the authorizer at its route', () => {
    const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Chat.Arn}/invocations';
    const { webSocketApis, functions } = modelOf(
      webSocketApi({
        Guard: part('Authorizer', {
          AuthorizerType: 'REQUEST',
          AuthorizerUri: { 'Fn::Sub': uri },
          IdentitySource: ['route.request.querystring.token'],
        }),
        Connect: part('Route', {
          RouteKey: '$connect',
          AuthorizationType: 'CUSTOM',
          AuthorizerId: { Ref: 'Guard' },
          Target: { 'Fn::Sub': 'integrations/${ToChat}' },
        }),
      }),
    );
    expect(webSocketApis[0]?.routes[1]?.authorizer).toMatchObject({
      functionArn: functions[0]?.arn,
      identitySources: ['route.request.querystring.token'],
    });
  });

  it('leaves out an output that rests on something unknown', () => {
    const outputs = { Known: { Value: 'x' }, Unknown: { Value: { 'Fn::GetAtt': ['Role', 'Colour'] } } };
    const { outputs: read } = modelOf({ Role: { Type: 'AWS::IAM::Role' } }, { Outputs: outputs });
    expect(read).toEqual({ Known: 'x' });
  });
});
