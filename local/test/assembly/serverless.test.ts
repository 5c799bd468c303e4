import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Problems } from '../../src/assembly/problems.ts';
import { expandServerless } from '../../src/assembly/serverless.ts';
import { parseTemplate, type TemplateResource } from '../../src/assembly/template.ts';
import { readApplication } from '../../src/assembly/read-assembly.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const transform = 'AWS::Serverless-2016-10-31';

/** What becomes of one AWS::Serverless resource, with the properties that all functions share. */
function expanded(type: string, properties: unknown, shared: unknown = {}): readonly TemplateResource[] {
  const problems = new Problems();
  const template = parseTemplate({
    Transform: transform,
    Globals: { Function: shared },
    Resources: { Chat: { Type: `AWS::Serverless::${type}`, Condition: 'Wanted', Properties: properties } },
  });
  const { resources, transforms } = expandServerless(template, problems);
  problems.refuseIfAny();
  expect(transforms).toEqual([]);
  return resources;
}

describe('a function of AWS SAM', () => {
  it('is a Lambda function with a role of its own', () => {
    const properties = {
      CodeUri: './chat',
      Handler: 'app.handler',
      Runtime: 'nodejs22.x',
      Tracing: 'Active',
    };
    const [lambda, role] = expanded('Function', properties);
    expect(lambda).toEqual({
      logicalId: 'Chat',
      type: 'AWS::Lambda::Function',
      condition: 'Wanted',
      properties: {
        Handler: 'app.handler',
        Runtime: 'nodejs22.x',
        Code: './chat',
        Role: { 'Fn::GetAtt': ['ChatRole', 'Arn'] },
      },
    });
    expect(role).toMatchObject({ logicalId: 'ChatRole', type: 'AWS::IAM::Role', condition: 'Wanted' });
  });

  it('takes what all functions share, its own first, and variables of both', () => {
    const shared = { Runtime: 'nodejs22.x', Timeout: 3, Environment: { Variables: { A: '1', B: '1' } } };
    const own = { InlineCode: 'exports.handler = 1', Timeout: 9, Environment: { Variables: { B: '2' } } };
    expect(expanded('Function', own, shared)[0]?.properties).toMatchObject({
      Code: { ZipFile: 'exports.handler = 1' },
      Runtime: 'nodejs22.x',
      Timeout: 9,
      Environment: { Variables: { A: '1', B: '2' } },
    });
  });

  it('gives its role its tags, those that all functions share, and the one of SAM', () => {
    const own = { Tags: { tenant: 'grand' } };
    const [, role] = expanded('Function', own, { Tags: { tenant: 'plaza', floor: '7' } });
    expect(role?.properties['Tags']).toEqual([
      { Key: 'lambda:createdBy', Value: 'SAM' },
      { Key: 'tenant', Value: 'grand' },
      { Key: 'floor', Value: '7' },
    ]);
  });

  it('has the role that it names and no other', () => {
    const resources = expanded('Function', { Role: 'arn:aws:iam::111122223333:role/mine' });
    expect(resources).toHaveLength(1);
    expect(resources[0]?.properties['Role']).toBe('arn:aws:iam::111122223333:role/mine');
  });

  it('may do what its policies say: managed ones, statements and policy templates', () => {
    const statement = { Effect: 'Allow', Action: 'execute-api:ManageConnections', Resource: '*' };
    const table = { DynamoDBCrudPolicy: { TableName: { Ref: 'Table' } } };
    const policies = ['AmazonSQSFullAccess', { Statement: [statement] }, table];
    const [, role] = expanded('Function', { Policies: policies });
    expect(role?.properties['ManagedPolicyArns']).toContainEqual({
      'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/AmazonSQSFullAccess',
    });
    const arn = 'arn:${AWS::Partition}:dynamodb:${AWS::Region}:${AWS::AccountId}:table/${name}';
    expect(role?.properties['Policies']).toEqual([
      { PolicyName: 'ChatRolePolicy0', PolicyDocument: { Statement: [statement] } },
      {
        PolicyName: 'ChatRolePolicy1',
        PolicyDocument: {
          Statement: [
            {
              Effect: 'Allow',
              Action: expect.arrayContaining(['dynamodb:PutItem', 'dynamodb:ConditionCheckItem']) as unknown,
              Resource: [
                { 'Fn::Sub': [arn, { name: { Ref: 'Table' } }] },
                { 'Fn::Sub': [`${arn}/index/*`, { name: { Ref: 'Table' } }] },
              ],
            },
          ],
        },
      },
    ]);
  });

  it('is refused by name with a policy template that is not known', () => {
    expect(() => expanded('Function', { Policies: [{ S3ReadPolicy: {} }] })).toThrow(
      'Chat (AWS::Serverless::Function): the policy template S3ReadPolicy is not supported',
    );
  });
});

describe('other resources of AWS SAM', () => {
  it('are tables', () => {
    const [table] = expanded('SimpleTable', {
      PrimaryKey: { Name: 'n', Type: 'Number' },
      TableName: 'numbers',
    });
    expect(table).toMatchObject({
      type: 'AWS::DynamoDB::Table',
      properties: {
        TableName: 'numbers',
        AttributeDefinitions: [{ AttributeName: 'n', AttributeType: 'N' }],
        KeySchema: [{ AttributeName: 'n', KeyType: 'HASH' }],
      },
    });
  });

  it('are refused by name, and events of a function with them', () => {
    const directory = temporaryDirectory();
    mkdirSync(join(directory, 'chat'));
    const chat = { CodeUri: 'chat', Handler: 'a.b', Runtime: 'nodejs22.x', Events: { Api: { Type: 'Api' } } };
    const resources = {
      Chat: { Type: 'AWS::Serverless::Function', Properties: chat },
      Web: { Type: 'AWS::Serverless::HttpApi' },
    };
    const templateFile = join(directory, 'template.json');
    writeFileSync(templateFile, JSON.stringify({ Transform: transform, Resources: resources }));
    expect(() => readApplication({ templateFile }, { inlineCodeDirectory: directory })).toThrow(
      [
        'Web (AWS::Serverless::HttpApi): this type of resource is not supported',
        'Chat (AWS::Lambda::Function): the property Events is not supported',
      ].join('\n  '),
    );
  });
});
