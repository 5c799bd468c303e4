import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readCloudAssembly } from '../../src/assembly/cloud-assembly.ts';
import { checkLogicalId, checkName, checkVariableName } from '../../src/assembly/names.ts';
import { lambda, modelOf, part, webSocketApi } from '../support/template-model.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const lambdaType = 'AWS::Lambda::Function';
const tableType = 'AWS::DynamoDB::Table';
const apiType = 'AWS::ApiGatewayV2::Api';
const stageType = 'AWS::ApiGatewayV2::Stage';
const routeType = 'AWS::ApiGatewayV2::Route';

describe('a name', () => {
  it.each([
    [lambdaType, 'FunctionName', 'Send-message_2'],
    [lambdaType, 'FunctionName', 'a'.repeat(64)],
    [tableType, 'TableName', 'a.b-c_1'],
    [tableType, 'TableName', 'a'.repeat(255)],
    ['AWS::SQS::Queue', 'QueueName', 'chat-failures'],
    ['AWS::SQS::Queue', 'QueueName', 'chat.fifo'],
    ['AWS::Logs::LogGroup', 'LogGroupName', '/aws/lambda/chat_2#a'],
    ['AWS::SNS::Topic', 'TopicName', 'chat.fifo'],
    [apiType, 'Name', 'Chat of the Grand Hôtel, façade “sea” 🏨'],
    [stageType, 'StageName', 'live_2'],
    [routeType, 'RouteKey', '$connect'],
    [routeType, 'RouteKey', 'Nachricht senden: Grüße'],
    ['AWS::IAM::Role', 'RoleName', 'chat+role=,.@-_'],
  ])('of %s may be the %s %j', (type, property, name) => {
    expect(() => checkName(type, property, name)).not.toThrow();
  });

  it.each([
    [lambdaType, 'FunctionName', '../../x', '1 to 64 letters, digits, hyphens and underscores'],
    [lambdaType, 'FunctionName', 'a'.repeat(65), '1 to 64 letters, digits, hyphens and underscores'],
    [lambdaType, 'FunctionName', 'a\n', '1 to 64 letters, digits, hyphens and underscores'],
    [lambdaType, 'FunctionName', '', '1 to 64 letters, digits, hyphens and underscores'],
    [tableType, 'TableName', 'ab', '3 to 255 letters, digits, hyphens, underscores and dots'],
    [tableType, 'TableName', 'a/b', '3 to 255 letters, digits, hyphens, underscores and dots'],
    ['AWS::SQS::Queue', 'QueueName', 'a.b', '1 to 80 letters, digits, hyphens and underscores'],
    ['AWS::Logs::LogGroup', 'LogGroupName', 'a b', '1 to 512 letters, digits and characters of ._-/#'],
    ['AWS::SNS::Topic', 'TopicName', '../t', '1 to 256 letters, digits, hyphens and underscores'],
    ['AWS::SQS::Queue', 'QueueName', '../q', '1 to 80 letters, digits, hyphens and underscores'],
    [apiType, 'Name', '\u001B[31mred', '1 to 128 characters, none of them a control character'],
    [apiType, 'Name', 'a'.repeat(129), '1 to 128 characters, none of them a control character'],
    [stageType, 'StageName', 'a/b', '1 to 128 letters, digits, hyphens and underscores'],
    [stageType, 'StageName', 'ünit', '1 to 128 letters, digits, hyphens and underscores'],
    [routeType, 'RouteKey', 'send\r\nx', 'at least one character, and none a control character'],
    ['AWS::IAM::Role', 'RoleName', 'a b', '1 to 64 letters, digits and characters of _+=,.@-'],
  ])('of %s may not be the %s %j', (type, property, name, expected) => {
    expect(() => checkName(type, property, name)).toThrow(
      `the ${property} ${JSON.stringify(name)} must be ${expected}`,
    );
  });

  it('of a resource is letters and digits', () => {
    expect(() => checkLogicalId('Chat2')).not.toThrow();
    for (const id of ['../x', 'a-b', '', 'a'.repeat(256)])
      expect(() => checkLogicalId(id)).toThrow('a logical id must be 1 to 255 letters and digits');
  });

  it('of a variable can stand in an environment', () => {
    for (const name of ['TABLE_NAME', 'N', 'y2']) expect(() => checkVariableName(name)).not.toThrow();
    for (const name of ['A=B', '', '_A', '1A', 'A B', 'A\0']) expect(() => checkVariableName(name)).toThrow();
  });
});

describe('a template is refused', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'with the name of a function that leads out of a folder',
      { Chat: lambda({ FunctionName: '../../x' }) },
      'Chat (AWS::Lambda::Function): the FunctionName "../../x" must be 1 to 64 letters',
    ],
    [
      'with a logical id that leads out of a folder',
      { '../../x': lambda({ Code: { ZipFile: 'exports.handler = 1' } }) },
      '../../x (AWS::Lambda::Function): a logical id must be 1 to 255 letters and digits',
    ],
    [
      'with the name of a table',
      { Rooms: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'a' } } },
      'Rooms (AWS::DynamoDB::Table): the TableName "a" must be 3 to 255',
    ],
    [
      'with the name of a queue',
      { Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: '../q' } } },
      'Queue (AWS::SQS::Queue): the QueueName "../q" must be 1 to 80',
    ],
    [
      'with the name of an API',
      webSocketApi({
        Api: part('Api', { Name: '\u001B[2J', ProtocolType: 'WEBSOCKET', RouteSelectionExpression: 'x' }),
      }),
      'Api (AWS::ApiGatewayV2::Api): the Name "\\u001b[2J" must be 1 to 128 characters',
    ],
    [
      'with the name of a stage',
      webSocketApi({ Stage: part('Stage', { StageName: 'a/b', AutoDeploy: true }) }),
      'Stage (AWS::ApiGatewayV2::Stage): the StageName "a/b" must be 1 to 128 letters',
    ],
    [
      'with the key of a route',
      webSocketApi({
        Default: part('Route', { RouteKey: 'a\n', Target: { 'Fn::Sub': 'integrations/${ToChat}' } }),
      }),
      'Default (AWS::ApiGatewayV2::Route): the RouteKey "a\\n" must be at least one character',
    ],
    [
      'with a variable that no environment can hold',
      { Chat: lambda({ Environment: { Variables: { 'A=B': '1' } } }) },
      'Chat (AWS::Lambda::Function): the variable "A=B" must be letters, digits and underscores',
    ],
  ])('%s', (_title, resources, sentence) => {
    expect(() => modelOf(resources)).toThrow(sentence);
  });
});

describe('a name that is given twice is refused', () => {
  it.each<[string, Readonly<Record<string, unknown>>, string]>([
    [
      'to functions',
      { A: lambda({ FunctionName: 'chat' }), B: lambda({ FunctionName: 'chat' }) },
      'B (AWS::Lambda::Function): it has the name "chat", which A (AWS::Lambda::Function) has already',
    ],
    [
      'to routes of an API',
      webSocketApi({
        Again: part('Route', { RouteKey: '$default', Target: { 'Fn::Sub': 'integrations/${ToChat}' } }),
      }),
      'Again (AWS::ApiGatewayV2::Route): it has the name "$default", which Default (AWS::ApiGatewayV2::Route) has already',
    ],
    [
      'to stages of an API',
      webSocketApi({ Again: part('Stage', { StageName: 'prod', AutoDeploy: true }) }),
      'Again (AWS::ApiGatewayV2::Stage): it has the name "prod", which Stage (AWS::ApiGatewayV2::Stage) has already',
    ],
  ])('%s', (_title, resources, sentence) => {
    expect(() => modelOf(resources)).toThrow(sentence);
  });
});

it('refuses a stack of an assembly whose name leads out of a folder', () => {
  const directory = temporaryDirectory();
  const stack = {
    type: 'aws:cloudformation:stack',
    properties: { templateFile: 't.json', stackName: '../x' },
  };
  writeFileSync(join(directory, 'manifest.json'), JSON.stringify({ artifacts: { stack } }));
  writeFileSync(join(directory, 't.json'), '{}');
  expect(() => readCloudAssembly(directory, { account: '000000000000', region: 'us-east-1' })).toThrow(
    'The stack "../x" must have a name of 1 to 128 letters, digits and hyphens, the first a letter.',
  );
});

/** Names that every object has are names like any other. */
describe.each(['constructor', '__proto__', 'toString'])('the name %s', (name) => {
  it('is no type of resource, no attribute, no mapping and no policy template', () => {
    expect(() => modelOf({ It: { Type: name } })).toThrow('this type of resource is not supported');
    const withVariable = (value: unknown) => lambda({ Environment: { Variables: { X: value } } });
    expect(() => modelOf({ A: withVariable({ 'Fn::GetAtt': ['A', name] }), B: lambda() })).toThrow();
    expect(() => modelOf({ A: withVariable({ 'Fn::GetAtt': ['B', name] }), B: lambda() })).toThrow(
      `the attribute ${name} of B (AWS::Lambda::Function) is not known here`,
    );
    const mapped = withVariable({ 'Fn::FindInMap': ['M', name, 'x'] });
    expect(() => modelOf({ A: mapped }, { Mappings: { M: {} } })).toThrow(`there is no mapping M.${name}.x`);
    const serverless = {
      Type: 'AWS::Serverless::Function',
      Properties: { Policies: [JSON.parse(`{"${name}":{}}`)] },
    };
    expect(() => modelOf({ A: serverless }, { Transform: 'AWS::Serverless-2016-10-31' })).toThrow(
      `the policy template ${name} is not supported`,
    );
  });

  it('may be the name of a variable', () => {
    const variables: unknown = JSON.parse(`{"A${name}":"x"}`);
    const { functions } = modelOf({ Chat: lambda({ Environment: { Variables: variables } }) });
    expect(functions[0]?.environment).toEqual(variables);
  });
});
