import { Match, Template } from 'aws-cdk-lib/assertions';
import { Stack } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { describe, expect, test } from 'vitest';
import { RealtimeStack } from '../../lib/stack.ts';
import { allStatements } from './rights.ts';
import { at, functionId, ownIssuer, resources, settingsFrom, synthesize, withApp } from './synthesized.ts';

const template = synthesize(ownIssuer);

describe('The table', () => {
  test('is paid on demand, encrypted, recoverable to any point in time and guarded against deletion', () => {
    template.resourceCountIs('AWS::DynamoDB::Table', 1);
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      BillingMode: 'PAY_PER_REQUEST',
      SSESpecification: { SSEEnabled: true },
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
      DeletionProtectionEnabled: true,
    });
  });

  test('outlives the stack', () => {
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
  });

  test('has the keys of its schema, and expires rows by `expiresAt`', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [
        { AttributeName: 'pk', KeyType: 'HASH' },
        { AttributeName: 'sk', KeyType: 'RANGE' },
      ],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
      StreamSpecification: Match.absent(),
    });
  });

  test('has one index, of all attributes, by activity', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: [
        {
          IndexName: 'byActivity',
          KeySchema: [
            { AttributeName: 'activityPk', KeyType: 'HASH' },
            { AttributeName: 'activitySk', KeyType: 'RANGE' },
          ],
          Projection: { ProjectionType: 'ALL' },
        },
      ],
    });
  });
});

describe('Log groups', () => {
  test('all keep their events for 30 days', () => {
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
  });

  test('all keep them for as long as the context says', () => {
    const longer = synthesize({ ...ownIssuer, retentionDays: '400' });
    longer.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 400 });
  });
});

describe('Notify', () => {
  test('is tried three times within six hours when invoked as an event, and then goes to the failure queue', () => {
    const [queue] = Object.keys(resources(template, 'AWS::SQS::Queue'));
    template.resourceCountIs('AWS::Lambda::EventInvokeConfig', 1);
    template.hasResourceProperties('AWS::Lambda::EventInvokeConfig', {
      FunctionName: { Ref: functionId(template, 'notify') },
      MaximumRetryAttempts: 2,
      MaximumEventAgeInSeconds: 6 * 60 * 60,
      DestinationConfig: { OnFailure: { Destination: { 'Fn::GetAtt': [queue, 'Arn'] } } },
    });
  });

  test('has a failure queue that is encrypted, keeps events for 14 days and refuses plain HTTP', () => {
    template.hasResourceProperties('AWS::SQS::Queue', {
      SqsManagedSseEnabled: true,
      MessageRetentionPeriod: 14 * 24 * 60 * 60,
    });
    template.hasResourceProperties('AWS::SQS::QueuePolicy', {
      PolicyDocument: {
        Statement: [
          Match.objectLike({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } }),
        ],
      },
    });
  });

  test('has no resource policy: IAM alone decides who may invoke it', () => {
    const permitted = Object.values(resources(template, 'AWS::Lambda::Permission')).map((permission) =>
      JSON.stringify(at(permission, 'Properties', 'FunctionName')),
    );
    expect(permitted.filter((name) => name.includes(functionId(template, 'notify')))).toEqual([]);
  });

  test('can be invoked by a principal of another stack once that is granted, and by nothing more than that', () => {
    withApp((app) => {
      const realtime = new RealtimeStack(app, 'Realtime', settingsFrom(ownIssuer));
      const upstream = new Stack(app, 'Upstream');
      const role = new Role(upstream, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
      realtime.grantNotify(role);
      const granted = allStatements(Template.fromStack(upstream));
      expect(granted).toMatchObject([{ effect: 'Allow', actions: ['lambda:InvokeFunction'] }]);
      expect(granted[0]?.resource).toContain('NotifyFunction');
      expect(granted[0]?.resource).not.toContain('*');
      Template.fromStack(realtime).resourceCountIs('AWS::Lambda::Permission', 13);
    });
  });
});

describe('Outputs', () => {
  test('name what browsers, upstream Lambdas and operators need', () => {
    expect(Object.keys(template.findOutputs('*')).toSorted()).toEqual([
      'FailureQueueUrl',
      'NotifyFunctionArn',
      'NotifyFunctionName',
      'TableName',
      'WebSocketUrl',
    ]);
    const notify = functionId(template, 'notify');
    template.hasOutput('NotifyFunctionName', { Value: { Ref: notify } });
    template.hasOutput('NotifyFunctionArn', { Value: { 'Fn::GetAtt': [notify, 'Arn'] } });
    template.hasOutput('WebSocketUrl', { Value: { 'Fn::Join': ['', Match.arrayWith(['wss://', '/live'])] } });
  });
});

test('The stack is for any account and region', () => {
  const environment = withApp((app) => new RealtimeStack(app, 'Anywhere', settingsFrom({})).environment);
  expect(environment).toBe('aws://unknown-account/unknown-region');
});
