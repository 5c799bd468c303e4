import { ownValue } from '../json.ts';

/**
 * Every type of resource that is understood. What stands in neither table is refused by name, and so is each property
 * that a type which runs does not list.
 */

export interface RunType {
  /** Read, and honoured. */
  readonly read: readonly string[];
  /** Without effect on what a function or a client can see here. */
  readonly harmless: readonly string[];
}

export const runTypes: Readonly<Record<string, RunType>> = {
  'AWS::ApiGatewayV2::Api': {
    read: ['Name', 'ProtocolType', 'RouteSelectionExpression'],
    harmless: [
      'ApiKeySelectionExpression',
      'Description',
      'DisableSchemaValidation',
      'IpAddressType',
      'Tags',
      'Version',
    ],
  },
  'AWS::ApiGatewayV2::Authorizer': {
    read: ['ApiId', 'AuthorizerType', 'AuthorizerUri', 'IdentitySource'],
    harmless: ['AuthorizerCredentialsArn', 'Name'],
  },
  'AWS::ApiGatewayV2::Deployment': { read: ['ApiId'], harmless: ['Description', 'StageName'] },
  'AWS::ApiGatewayV2::Integration': {
    read: ['ApiId', 'IntegrationType', 'IntegrationUri', 'TimeoutInMillis'],
    harmless: [
      'ConnectionType',
      'ContentHandlingStrategy',
      'Description',
      'IntegrationMethod',
      'PassthroughBehavior',
    ],
  },
  'AWS::ApiGatewayV2::Route': {
    read: [
      'ApiId',
      'AuthorizationType',
      'AuthorizerId',
      'RouteKey',
      'RouteResponseSelectionExpression',
      'Target',
    ],
    harmless: ['OperationName'],
  },
  'AWS::ApiGatewayV2::RouteResponse': { read: ['ApiId', 'RouteId', 'RouteResponseKey'], harmless: [] },
  'AWS::ApiGatewayV2::Stage': {
    read: [
      'ApiId',
      'AutoDeploy',
      'DefaultRouteSettings',
      'DeploymentId',
      'RouteSettings',
      'StageName',
      'StageVariables',
    ],
    harmless: ['AccessLogSettings', 'Description', 'Tags'],
  },
  'AWS::DynamoDB::GlobalTable': {
    read: [
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'TableName',
      'TimeToLiveSpecification',
    ],
    harmless: [
      'BillingMode',
      'MultiRegionConsistency',
      'Replicas',
      'SSESpecification',
      'StreamSpecification',
      'WarmThroughput',
      'WriteOnDemandThroughputSettings',
      'WriteProvisionedThroughputSettings',
    ],
  },
  'AWS::DynamoDB::Table': {
    read: [
      'AttributeDefinitions',
      'GlobalSecondaryIndexes',
      'KeySchema',
      'LocalSecondaryIndexes',
      'TableName',
      'TimeToLiveSpecification',
    ],
    harmless: [
      'BillingMode',
      'ContributorInsightsSpecification',
      'DeletionProtectionEnabled',
      'OnDemandThroughput',
      'PointInTimeRecoverySpecification',
      'ProvisionedThroughput',
      'ResourcePolicy',
      'SSESpecification',
      'StreamSpecification',
      'TableClass',
      'Tags',
      'WarmThroughput',
    ],
  },
  'AWS::IAM::ManagedPolicy': {
    read: ['ManagedPolicyName', 'PolicyDocument', 'Roles'],
    harmless: ['Description', 'Groups', 'Path', 'Users'],
  },
  'AWS::IAM::Policy': { read: ['PolicyDocument', 'PolicyName', 'Roles'], harmless: ['Groups', 'Users'] },
  'AWS::IAM::Role': {
    read: ['ManagedPolicyArns', 'PermissionsBoundary', 'Policies', 'RoleName', 'Tags'],
    harmless: ['AssumeRolePolicyDocument', 'Description', 'MaxSessionDuration', 'Path'],
  },
  'AWS::IAM::RolePolicy': { read: ['PolicyDocument', 'PolicyName', 'RoleName'], harmless: [] },
  'AWS::Lambda::EventInvokeConfig': {
    read: [
      'DestinationConfig',
      'FunctionName',
      'MaximumEventAgeInSeconds',
      'MaximumRetryAttempts',
      'Qualifier',
    ],
    harmless: [],
  },
  'AWS::Lambda::Function': {
    read: [
      'Code',
      'Environment',
      'FunctionName',
      'Handler',
      'LoggingConfig',
      'MemorySize',
      'PackageType',
      'ReservedConcurrentExecutions',
      'Role',
      'Runtime',
      'Timeout',
    ],
    harmless: [
      'Architectures',
      'CodeSigningConfigArn',
      'Description',
      'EphemeralStorage',
      'KmsKeyArn',
      'RecursiveLoop',
      'RuntimeManagementConfig',
      'SnapStart',
      'Tags',
      'TracingConfig',
      'VpcConfig',
    ],
  },
  'AWS::Lambda::Permission': {
    read: ['Action', 'FunctionName', 'Principal', 'SourceArn'],
    harmless: ['SourceAccount'],
  },
  'AWS::SQS::Queue': {
    read: ['QueueName'],
    harmless: [
      'DelaySeconds',
      'KmsDataKeyReusePeriodSeconds',
      'KmsMasterKeyId',
      'MaximumMessageSize',
      'MessageRetentionPeriod',
      'ReceiveMessageWaitTimeSeconds',
      'RedriveAllowPolicy',
      'RedrivePolicy',
      'SqsManagedSseEnabled',
      'Tags',
      'VisibilityTimeout',
    ],
  },
};

/** Types that do nothing here, whole services where the name ends in `::`. */
export const notRunTypes: readonly string[] = [
  'AWS::ApiGateway::Account',
  'AWS::ApiGatewayV2::ApiMapping',
  'AWS::ApiGatewayV2::DomainName',
  'AWS::Budgets::',
  'AWS::CDK::Metadata',
  'AWS::CertificateManager::',
  'AWS::CloudFront::',
  'AWS::CloudWatch::',
  'AWS::Cognito::',
  'AWS::Events::Rule',
  'AWS::IAM::',
  'AWS::KMS::',
  'AWS::Lambda::Version',
  'AWS::Logs::',
  'AWS::Route53::',
  'AWS::S3::Bucket',
  'AWS::S3::BucketPolicy',
  'AWS::SNS::',
  'AWS::SQS::QueuePolicy',
  'AWS::SSM::Parameter',
  'AWS::WAFv2::',
  'AWS::XRay::',
];

/** Undefined for a type that does not run. */
export function runType(type: string): RunType | undefined {
  return ownValue(runTypes, type);
}

export function isNotRun(type: string): boolean {
  if (runType(type) !== undefined) return false;
  return notRunTypes.some((known) => (known.endsWith('::') ? type.startsWith(known) : type === known));
}
