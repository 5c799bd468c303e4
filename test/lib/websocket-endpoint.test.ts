import { Match } from 'aws-cdk-lib/assertions';
import { describe, expect, test } from 'vitest';
import type { FunctionName } from '../../lib/function-rows.ts';
import { at, functionId, isProperties, ownIssuer, resources, synthesize } from './synthesized.ts';

const template = synthesize(ownIssuer);
const [api] = Object.keys(resources(template, 'AWS::ApiGatewayV2::Api'));

/** Stated here once more on purpose: clients rely on these names. */
const answeredBy: Readonly<Record<string, FunctionName>> = {
  $connect: 'connect',
  $disconnect: 'disconnect',
  $default: 'default',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  sendMessage: 'send-message',
  history: 'history',
  conversations: 'conversations',
  route: 'change',
  close: 'change',
  reopen: 'change',
  ping: 'ping',
};
const actions = Object.keys(answeredBy).filter((key) => !/^\$(dis)?connect$/.test(key));

function routeId(key: string): string {
  const found = Object.entries(resources(template, 'AWS::ApiGatewayV2::Route')).find(
    ([, resource]) => at(resource, 'Properties', 'RouteKey') === key,
  );
  return `${found?.[0]}`;
}

function route(key: string): unknown {
  return at(resources(template, 'AWS::ApiGatewayV2::Route'), routeId(key), 'Properties');
}

function valuesOf(value: unknown): unknown[] {
  return isProperties(value) ? Object.values(value) : [];
}

describe('Routes', () => {
  test('are those of the wire, and no other', () => {
    const keys = Object.values(resources(template, 'AWS::ApiGatewayV2::Route')).map((found) =>
      String(at(found, 'Properties', 'RouteKey')),
    );
    expect(keys.toSorted()).toEqual(Object.keys(answeredBy).toSorted());
  });

  test('are selected by the action of a frame', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    });
  });

  test.each(Object.entries(answeredBy))('%s is answered by the function %s', (key, name) => {
    const target = JSON.stringify(at(route(key), 'Target'));
    const integrations = Object.entries(resources(template, 'AWS::ApiGatewayV2::Integration')).filter(
      ([id]) => target.includes(`"${id}"`),
    );
    expect(integrations).toHaveLength(1);
    const properties = at(integrations[0]?.[1], 'Properties');
    expect(at(properties, 'IntegrationType')).toBe('AWS_PROXY');
    expect(at(properties, 'TimeoutInMillis')).toBe(29_000);
    expect(JSON.stringify(at(properties, 'IntegrationUri'))).toContain(`"${functionId(template, name)}"`);
  });

  test.each(Object.entries(answeredBy))('API Gateway may invoke for %s the function %s', (key, name) => {
    template.hasResourceProperties('AWS::Lambda::Permission', {
      Action: 'lambda:InvokeFunction',
      FunctionName: { 'Fn::GetAtt': [functionId(template, name), 'Arn'] },
      Principal: 'apigateway.amazonaws.com',
      SourceArn: { 'Fn::Join': ['', Match.arrayWith([{ Ref: api }, `/*${key}`])] },
    });
  });

  test.each(actions)('%s answers its client through a route response', (key) => {
    expect(at(route(key), 'RouteResponseSelectionExpression')).toBe('$default');
    template.hasResourceProperties('AWS::ApiGatewayV2::RouteResponse', {
      RouteId: { Ref: routeId(key) },
      RouteResponseKey: '$default',
    });
  });

  test('$connect and $disconnect have no route response', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::RouteResponse', actions.length);
    expect(route('$connect')).not.toHaveProperty('RouteResponseSelectionExpression');
    expect(route('$disconnect')).not.toHaveProperty('RouteResponseSelectionExpression');
  });
});

describe('The authorizer', () => {
  test('reads the sub-protocol header, without which it is not even invoked', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Authorizer', {
      AuthorizerType: 'REQUEST',
      IdentitySource: ['route.request.header.Sec-WebSocket-Protocol'],
      AuthorizerUri: {
        'Fn::Join': ['', Match.arrayWith([{ 'Fn::GetAtt': [functionId(template, 'authorizer'), 'Arn'] }])],
      },
    });
  });

  test('guards $connect', () => {
    const [authorizer] = Object.keys(resources(template, 'AWS::ApiGatewayV2::Authorizer'));
    expect(at(route('$connect'), 'AuthorizationType')).toBe('CUSTOM');
    expect(at(route('$connect'), 'AuthorizerId')).toEqual({ Ref: authorizer });
  });

  test('may be invoked by this API and by nothing else', () => {
    const permissions = Object.values(resources(template, 'AWS::Lambda::Permission')).filter((permission) =>
      JSON.stringify(at(permission, 'Properties', 'FunctionName')).includes(
        functionId(template, 'authorizer'),
      ),
    );
    expect(permissions).toHaveLength(1);
    expect(JSON.stringify(at(permissions[0], 'Properties', 'SourceArn'))).toContain('"/authorizers/"');
  });
});

describe('The stage', () => {
  test('is called live and deploys itself', () => {
    template.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: 'live', AutoDeploy: true });
  });

  test('has the name of the context, in its addresses too', () => {
    const staging = synthesize({ ...ownIssuer, stage: 'staging' });
    staging.hasResourceProperties('AWS::ApiGatewayV2::Stage', { StageName: 'staging' });
    staging.hasOutput('WebSocketUrl', {
      Value: { 'Fn::Join': ['', Match.arrayWith(['wss://', '/staging'])] },
    });
    expect(JSON.stringify(staging.toJSON())).not.toContain('/live');
  });

  test('waits for all of its routes, so that its first deployment has them', () => {
    const [stage] = Object.values(resources(template, 'AWS::ApiGatewayV2::Stage'));
    expect(stage?.['DependsOn']).toEqual(expect.arrayContaining(Object.keys(answeredBy).map(routeId)));
  });
});

describe('The access log', () => {
  const [stage] = Object.values(resources(template, 'AWS::ApiGatewayV2::Stage'));
  const format: unknown = JSON.parse(String(at(stage, 'Properties', 'AccessLogSettings', 'Format')));

  test('is one object of JSON, of context variables only', () => {
    for (const value of valuesOf(format)) expect(value).toMatch(/^\$context(\.[A-Za-z]+)+$/);
    expect(format).toMatchObject({ requestId: '$context.requestId', connectionId: '$context.connectionId' });
  });

  test('holds no query string, header, token, body or name of a user', () => {
    expect(JSON.stringify(format)).not.toMatch(/query|header|token|body|principal|path|userAgent|protocol/i);
  });

  test('goes to a log group of its own', () => {
    const destination = at(stage, 'Properties', 'AccessLogSettings', 'DestinationArn', 'Fn::GetAtt', '0');
    expect(Object.keys(resources(template, 'AWS::Logs::LogGroup'))).toContain(destination);
    expect(JSON.stringify(resources(template, 'AWS::Lambda::Function'))).not.toContain(
      `"${String(destination)}"`,
    );
  });

  test("needs the account's logging role, which is made before the stage and outlives the stack", () => {
    const [account] = Object.keys(resources(template, 'AWS::ApiGateway::Account'));
    template.hasResource('AWS::ApiGateway::Account', { DeletionPolicy: 'Retain' });
    template.hasResource('AWS::ApiGatewayV2::Stage', { DependsOn: Match.arrayWith([account]) });
  });

  test("leaves the account's logging role alone when the context says that it exists", () => {
    const existing = synthesize({ ...ownIssuer, apiGatewayLoggingRole: 'exists' });
    existing.resourceCountIs('AWS::ApiGateway::Account', 0);
    expect(JSON.stringify(existing.toJSON())).not.toContain('AmazonAPIGatewayPushToCloudWatchLogs');
    existing.hasResourceProperties('AWS::ApiGatewayV2::Stage', { AccessLogSettings: Match.anyValue() });
  });
});
