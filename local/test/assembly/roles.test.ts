import { describe, expect, it } from 'vitest';
import type { RoleModel } from '../../src/model.ts';
import { lambda, modelOf } from '../support/template-model.ts';

const document = (action: string): unknown => ({
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Action: action, Resource: { 'Fn::GetAtt': ['Rooms', 'Arn'] } }],
});

const rooms = {
  Type: 'AWS::DynamoDB::Table',
  Properties: {
    TableName: 'rooms',
    AttributeDefinitions: [{ AttributeName: 'pk', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
  },
};

const resolved = (action: string): unknown => ({
  Version: '2012-10-17',
  Statement: [
    { Effect: 'Allow', Action: action, Resource: 'arn:aws:dynamodb:eu-west-1:111122223333:table/rooms' },
  ],
});

function iam(type: string, properties: Readonly<Record<string, unknown>>): unknown {
  return { Type: `AWS::IAM::${type}`, Properties: properties };
}

/** The role `Role` of a template with a table and these resources. */
function roleOf(resources: Readonly<Record<string, unknown>>): RoleModel | undefined {
  return modelOf({ Rooms: rooms, ...resources }).roles.find(({ logicalId }) => logicalId === 'Role');
}

describe('a role', () => {
  it('is the one of the function that names it', () => {
    const { functions, roles } = modelOf({
      Role: iam('Role', { RoleName: 'night-porter' }),
      Chat: lambda({ Role: { 'Fn::GetAtt': ['Role', 'Arn'] } }),
    });
    expect(roles).toMatchObject([{ name: 'night-porter', policies: [], foreignPolicyArns: [] }]);
    expect(functions[0]?.roleArn).toBe('arn:aws:iam::111122223333:role/night-porter');
    expect(roles[0]?.arn).toBe(functions[0]?.roleArn);
  });

  it('has its own policies, with their references followed', () => {
    const inline = { PolicyName: 'reads', PolicyDocument: document('dynamodb:GetItem') };
    expect(roleOf({ Role: iam('Role', { Policies: [inline] }) })?.policies).toEqual([
      { name: 'reads', document: resolved('dynamodb:GetItem') },
    ]);
  });

  it.each([
    ['AWS::IAM::Policy that lists it', { More: iam('Policy', { Roles: [{ Ref: 'Role' }] }) }],
    ['AWS::IAM::RolePolicy that names it', { More: iam('RolePolicy', { RoleName: { Ref: 'Role' } }) }],
    ['AWS::IAM::ManagedPolicy that lists it', { More: iam('ManagedPolicy', { Roles: [{ Ref: 'Role' }] }) }],
  ])('has the %s', (_title, resources: Record<string, unknown>) => {
    const { More: more } = resources;
    const attached = structuredClone(more);
    if (typeof attached === 'object' && attached !== null && 'Properties' in attached) {
      Object.assign(attached.Properties ?? {}, { PolicyDocument: document('dynamodb:PutItem') });
    }
    expect(roleOf({ Role: iam('Role', {}), More: attached })?.policies).toEqual([
      { name: 'More', document: resolved('dynamodb:PutItem') },
    ]);
  });

  it('has the managed policies that it lists: those of the template read, those of AWS by ARN', () => {
    const role = roleOf({
      Role: iam('Role', {
        ManagedPolicyArns: [{ Ref: 'Writes' }, { 'Fn::Sub': 'arn:${AWS::Partition}:iam::aws:policy/X' }],
      }),
      Writes: iam('ManagedPolicy', { PolicyDocument: document('dynamodb:PutItem') }),
    });
    expect(role?.policies).toEqual([{ name: 'Writes', document: resolved('dynamodb:PutItem') }]);
    expect(role?.foreignPolicyArns).toEqual(['arn:aws:iam::aws:policy/X']);
  });

  it('has its permissions boundary, which grants nothing', () => {
    const role = roleOf({
      Role: iam('Role', { PermissionsBoundary: { Ref: 'Fence' } }),
      Fence: iam('ManagedPolicy', { PolicyDocument: document('dynamodb:*') }),
    });
    expect(role?.boundary).toEqual({ name: 'Fence', document: resolved('dynamodb:*') });
    expect(role?.policies).toEqual([]);
  });

  it('has its tags, with their references followed', () => {
    const tags = [
      { Key: 'tenant', Value: { 'Fn::Sub': 'hotel-${AWS::Region}' } },
      { Key: 'floor', Value: 7 },
    ];
    expect(roleOf({ Role: iam('Role', { Tags: tags }) })?.tags).toEqual({
      tenant: 'hotel-eu-west-1',
      floor: '7',
    });
    expect(roleOf({ Role: iam('Role', {}) })?.tags).toEqual({});
  });

  it('with a tag that stands twice is refused, capitals or not', () => {
    const tags = ['Tenant', 'tenant'].map((Key) => ({ Key, Value: 'grand' }));
    expect(() => modelOf({ Role: iam('Role', { Tags: tags }) })).toThrow(
      'Role (AWS::IAM::Role): the tag tenant stands twice, and IAM takes a key once, whatever its capitals',
    );
  });

  it('has nothing of another role', () => {
    const role = roleOf({
      Role: iam('Role', {}),
      Other: iam('Role', { Policies: [{ PolicyName: 'a', PolicyDocument: document('dynamodb:*') }] }),
      More: iam('Policy', { Roles: [{ Ref: 'Other' }], PolicyDocument: document('dynamodb:*') }),
      Managed: iam('ManagedPolicy', { PolicyDocument: document('dynamodb:*') }),
    });
    expect(role?.policies).toEqual([]);
  });

  it('whose policy has no document is refused by name', () => {
    const resources = { Role: iam('Role', {}), More: iam('Policy', { Roles: [{ Ref: 'Role' }] }) };
    expect(() => modelOf(resources)).toThrow('Role (AWS::IAM::Role): a policy has no PolicyDocument');
  });
});
