import { readStacks } from '../../src/assembly/read-assembly.ts';
import { parseTemplate } from '../../src/assembly/template.ts';
import type { AssemblyModel } from '../../src/model.ts';
import { Refusal } from '../../src/refusal.ts';
import { handlers } from './local-functions.ts';
import { temporaryDirectory } from './temporary-directory.ts';

type Resources = Readonly<Record<string, unknown>>;

/** Reads resources as one stack, whose code asset `code.zip` is `local/test/fixtures/handlers`. */
export function modelOf(
  resources: Resources,
  sections: Readonly<Record<string, unknown>> = {},
): AssemblyModel {
  const template = parseTemplate({ ...sections, Resources: resources });
  const assets = new Map([['code.zip', handlers]]);
  const source = { name: 'hotel', account: '111122223333', region: 'eu-west-1', template, assets };
  return readStacks([source], { inlineCodeDirectory: temporaryDirectory() });
}

/** The message with which the resources are refused; the test fails when they are not. */
export function refusalOf(resources: Resources, sections: Readonly<Record<string, unknown>> = {}): string {
  try {
    modelOf(resources, sections);
  } catch (error) {
    if (error instanceof Refusal) return error.message.replace(/^This template cannot be run here:\s+/, '');
    throw error;
  }
  throw new Error('The template was not refused.');
}

/** A function that runs, with the given properties changed. */
export function lambda(changes: Readonly<Record<string, unknown>> = {}): unknown {
  const properties = {
    Runtime: 'nodejs24.x',
    Handler: 'warm.count',
    Code: { S3Key: 'code.zip' },
    Role: 'role',
  };
  return { Type: 'AWS::Lambda::Function', Properties: { ...properties, ...changes } };
}

/** The parts of a WebSocket API with one route, each to be replaced or left out (`undefined`) by its logical id. */
export function webSocketApi(changes: Resources = {}): Resources {
  const uri = 'arn:aws:apigateway:eu-west-1:lambda:path/2015-03-31/functions/${Chat.Arn}/invocations';
  const parts: Resources = {
    Chat: lambda(),
    Api: part('Api', {
      Name: 'chat',
      ProtocolType: 'WEBSOCKET',
      RouteSelectionExpression: '$request.body.action',
    }),
    ToChat: part('Integration', { IntegrationType: 'AWS_PROXY', IntegrationUri: { 'Fn::Sub': uri } }),
    Default: part('Route', { RouteKey: '$default', Target: { 'Fn::Sub': 'integrations/${ToChat}' } }),
    Stage: part('Stage', { StageName: 'prod', AutoDeploy: true }),
    ...changes,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, resource]) => resource !== undefined));
}

/** A resource of API Gateway that belongs to `Api`. */
export function part(type: string, properties: Resources): unknown {
  const owner = type === 'Api' ? {} : { ApiId: { Ref: 'Api' } };
  return { Type: `AWS::ApiGatewayV2::${type}`, Properties: { ...owner, ...properties } };
}
