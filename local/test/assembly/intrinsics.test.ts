import { describe, expect, it } from 'vitest';
import { Stack } from '../../src/assembly/stack.ts';
import { parseTemplate } from '../../src/assembly/template.ts';
import { resolve } from '../../src/assembly/intrinsics.ts';
import { lambda, refusalOf } from '../support/template-model.ts';

const template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'prod' },
    Names: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Limit: { Type: 'Number', Default: 7 },
    Needed: { Type: 'String' },
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
  },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsTest: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { 'Fn::Not': [{ Condition: 'IsTest' }] }] },
    Either: { 'Fn::Or': [{ Condition: 'IsTest' }, { Condition: 'IsProd' }] },
    Circle: { 'Fn::Not': [{ Condition: 'Circle' }] },
  },
  Mappings: { Regions: { 'eu-west-1': { Zone: 'ireland' } } },
  Resources: {
    Api: { Type: 'AWS::ApiGatewayV2::Api', Properties: { Name: 'chat' } },
    Queue: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::Sub': 'failed-${Stage}' } } },
    Rooms: { Type: 'AWS::DynamoDB::Table', Properties: { TableName: 'rooms' } },
    Own: { Type: 'AWS::SQS::Queue', Properties: { QueueName: { 'Fn::GetAtt': ['Own', 'QueueName'] } } },
    Cluster: { Type: 'AWS::ECS::Cluster' },
    Role: { Type: 'AWS::IAM::Role' },
  },
};

const stack = new Stack(
  {
    name: 'hotel',
    account: '111122223333',
    region: 'eu-west-1',
    template: parseTemplate(template),
    assets: new Map(),
  },
  (exportName) => `imported ${exportName}`,
);

const value = (intrinsic: unknown): unknown => resolve(intrinsic, stack);

describe('an intrinsic function', () => {
  it.each<[string, unknown, unknown]>([
    ['a plain value', { A: [1, 'b', true, { C: null }] }, { A: [1, 'b', true, { C: null }] }],
    ['Ref of a parameter', { Ref: 'Stage' }, 'prod'],
    ['Ref of a list parameter', { Ref: 'Names' }, ['a', 'b']],
    ['Ref of a number', { Ref: 'Limit' }, 7],
    ['Ref of a table', { Ref: 'Rooms' }, 'rooms'],
    ['Ref of a queue', { Ref: 'Queue' }, 'https://sqs.eu-west-1.amazonaws.com/111122223333/failed-prod'],
    ['Ref of the Region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref of the account', { Ref: 'AWS::AccountId' }, '111122223333'],
    ['Ref of the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref of the stack name', { Ref: 'AWS::StackName' }, 'hotel'],
    ['Fn::GetAtt', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:aws:sqs:eu-west-1:111122223333:failed-prod'],
    ['Fn::GetAtt as a text', { 'Fn::GetAtt': 'Queue.QueueName' }, 'failed-prod'],
    ['Fn::Join', { 'Fn::Join': ['-', ['a', { Ref: 'Stage' }, { Ref: 'Limit' }]] }, 'a-prod-7'],
    ['Fn::Join of a list that is made', { 'Fn::Join': ['+', { 'Fn::Split': [',', 'a,b'] }] }, 'a+b'],
    [
      'Fn::Sub',
      { 'Fn::Sub': '${Stage}/${Queue.QueueName}/${AWS::Region}/${!Literal}' },
      'prod/failed-prod/eu-west-1/${Literal}',
    ],
    ['Fn::Sub with variables', { 'Fn::Sub': ['${X}-${Stage}', { X: { Ref: 'Limit' } }] }, '7-prod'],
    ['Fn::Select', { 'Fn::Select': ['1', { Ref: 'Names' }] }, 'b'],
    ['Fn::Split', { 'Fn::Split': ['/', { Ref: 'AWS::StackName' }] }, ['hotel']],
    ['Fn::If that holds', { 'Fn::If': ['IsProd', 'yes', { Ref: 'Nowhere' }] }, 'yes'],
    ['Fn::If that does not', { 'Fn::If': ['IsTest', { Ref: 'Nowhere' }, 'no'] }, 'no'],
    ['Fn::And', { 'Fn::If': ['Both', 1, 2] }, 1],
    ['Fn::Or', { 'Fn::If': ['Either', 1, 2] }, 1],
    ['Fn::FindInMap', { 'Fn::FindInMap': ['Regions', { Ref: 'AWS::Region' }, 'Zone'] }, 'ireland'],
    ['Fn::Base64', { 'Fn::Base64': 'hello' }, 'aGVsbG8='],
    ['Fn::ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': '${Stage}-table' } }, 'imported prod-table'],
    ['AWS::NoValue in an object', { A: { Ref: 'AWS::NoValue' }, B: 1 }, { B: 1 }],
    ['AWS::NoValue in a list', [{ Ref: 'AWS::NoValue' }, 1], [1]],
  ])('%s', (_title, intrinsic, expected) => {
    expect(value(intrinsic)).toEqual(expected);
  });

  it.each<[string, unknown, string]>([
    ['that is not known', { 'Fn::Cidr': [] }, 'the intrinsic function Fn::Cidr is not known'],
    ['of a resource that does not exist', { Ref: 'Nowhere' }, 'it refers to Nowhere, which does not exist'],
    [
      'of a type that is not known',
      { Ref: 'Cluster' },
      'it refers to Cluster, whose type AWS::ECS::Cluster is not known',
    ],
    [
      'of an attribute that is not known',
      { 'Fn::GetAtt': ['Role', 'Colour'] },
      'the attribute Colour of Role (AWS::IAM::Role) is not known here',
    ],
    ['of a parameter without a value', { Ref: 'Needed' }, 'the parameter Needed has no default value'],
    [
      'of a parameter in SSM',
      { Ref: 'BootstrapVersion' },
      'the parameter BootstrapVersion is read from SSM, which does not run here',
    ],
    ['of a condition that does not exist', { 'Fn::If': ['Nope', 1, 2] }, 'there is no condition Nope'],
    ['of a condition in a circle', { 'Fn::If': ['Circle', 1, 2] }, 'condition Circle refers to itself'],
    ['of a name in a circle', { Ref: 'Own' }, 'Own refers to itself'],
    ['past the end of a list', { 'Fn::Select': [5, ['a']] }, 'Fn::Select finds nothing at position 5'],
    [
      'of a mapping that does not exist',
      { 'Fn::FindInMap': ['Regions', 'x', 'y'] },
      'there is no mapping Regions.x.y',
    ],
    [
      'that joins what is no text',
      { 'Fn::Join': ['', [{ a: 1 }]] },
      'Fn::Join needs a text where the template has {"a":1}',
    ],
  ])('%s is refused', (_title, intrinsic, message) => {
    expect(() => value(intrinsic)).toThrow(message);
  });
});

describe('a mapping by account or Region', () => {
  const mappings = {
    ByRegion: { 'eu-central-1': { Size: '2' } },
    ByAccount: { Size: { '444455556666': '2' } },
    Empty: {},
  };
  const found = (...keys: unknown[]): string =>
    refusalOf({ A: lambda({ Handler: { 'Fn::FindInMap': keys } }) }, { Mappings: mappings });

  it.each([
    [
      ['ByRegion', { Ref: 'AWS::Region' }, 'Size'],
      'ByRegion.eu-west-1.Size; name one that it has, such as --region eu-central-1',
    ],
    [
      ['ByAccount', 'Size', { Ref: 'AWS::AccountId' }],
      'ByAccount.Size.111122223333; name one that it has, such as --account 444455556666',
    ],
    [['ByRegion', 'eu-central-1', 'Depth'], 'ByRegion.eu-central-1.Depth'],
    [['Empty', { Ref: 'AWS::Region' }, 'Size'], 'Empty.eu-west-1.Size'],
    [['Nowhere', { Ref: 'AWS::Region' }, 'Size'], 'Nowhere.eu-west-1.Size'],
  ])('that lacks the key of %j says what would be right', (keys, sentence) => {
    expect(found(...keys)).toMatch(new RegExp(`there is no mapping ${sentence.replaceAll('.', '\\.')}\\.?$`));
  });
});

describe('Fn::Equals', () => {
  it.each([
    ['true', true, true],
    [{ Ref: 'Limit' }, '7', true],
    ['7.0', 7, false],
    ['', false, false],
    [{ Ref: 'Names' }, ['a', 'b'], true],
  ])('finds %j and %j the same: %j', (left, right, same) => {
    expect(value({ 'Fn::Equals': [left, right] })).toBe(same);
  });
});

describe('what CloudFormation would only know later', () => {
  it('is in the form of AWS and the same at every start', () => {
    const id = value({ Ref: 'Api' });
    expect(id).toMatch(/^[a-z0-9]{10}$/);
    expect(id).toBe(value({ Ref: 'Api' }));
    expect(value({ 'Fn::GetAtt': ['Api', 'ApiEndpoint'] })).toBe(
      `wss://${String(id)}.execute-api.eu-west-1.amazonaws.com`,
    );
    expect(value({ Ref: 'Role' })).toMatch(/^hotel-Role-[a-z0-9]{12}$/);
  });

  it('differs from stack to stack', () => {
    const other = new Stack({ ...stack.source, name: 'other' }, () => undefined);
    expect(resolve({ Ref: 'Api' }, other)).not.toBe(value({ Ref: 'Api' }));
  });
});
