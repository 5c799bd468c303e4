/**
 * AWS's own policies that roles of functions have, as far as they speak of services that run here.
 *
 * Source: "AWS managed policy reference guide".
 */

type Statement = Readonly<Record<string, unknown>>;

const logs = allow('logs:CreateLogGroup', 'logs:CreateLogStream', 'logs:PutLogEvents');
const readsStreams = allow(
  'dynamodb:DescribeStream',
  'dynamodb:GetRecords',
  'dynamodb:GetShardIterator',
  'dynamodb:ListStreams',
);
const readsTables = allow(
  'dynamodb:BatchGetItem',
  'dynamodb:Describe*',
  'dynamodb:GetItem',
  'dynamodb:List*',
  'dynamodb:PartiQLSelect',
  'dynamodb:Query',
  'dynamodb:Scan',
);
const readsQueues = allow('sqs:DeleteMessage', 'sqs:GetQueueAttributes', 'sqs:ReceiveMessage');
const manageConnections = {
  Effect: 'Allow',
  Action: ['execute-api:Invoke', 'execute-api:ManageConnections'],
  Resource: 'arn:aws:execute-api:*:*:*',
};

const statements: Readonly<Record<string, readonly Statement[]>> = {
  AdministratorAccess: [allow('*')],
  AmazonAPIGatewayInvokeFullAccess: [manageConnections],
  AmazonDynamoDBFullAccess: [allow('dynamodb:*')],
  AmazonDynamoDBFullAccess_v2: [allow('dynamodb:*')],
  AmazonDynamoDBReadOnlyAccess: [readsTables],
  AmazonSNSFullAccess: [allow('sns:*')],
  AmazonSQSFullAccess: [allow('sqs:*')],
  AWSLambda_FullAccess: [allow('lambda:*')],
  AWSXRayDaemonWriteAccess: [allow('xray:PutTraceSegments', 'xray:PutTelemetryRecords')],
  CloudWatchLambdaInsightsExecutionRolePolicy: [logs],
  PowerUserAccess: [{ Effect: 'Allow', NotAction: ['iam:*', 'organizations:*', 'account:*'], Resource: '*' }],
  'service-role/AWSLambdaBasicExecutionRole': [logs],
  'service-role/AWSLambdaDynamoDBExecutionRole': [readsStreams, logs],
  'service-role/AWSLambdaRole': [allow('lambda:InvokeFunction')],
  'service-role/AWSLambdaSQSQueueExecutionRole': [readsQueues, logs],
  'service-role/AWSLambdaVPCAccessExecutionRole': [logs],
};

/** The document of one of AWS's policies by ARN; undefined for one that is not known here. */
export function managedPolicy(arn: string): unknown {
  const name = /^arn:[^:]+:iam::aws:policy\/(.+)$/.exec(arn)?.[1] ?? '';
  const found = Object.hasOwn(statements, name) ? statements[name] : undefined;
  return found === undefined ? undefined : { Version: '2012-10-17', Statement: found };
}

function allow(...actions: string[]): Statement {
  return { Effect: 'Allow', Action: actions, Resource: '*' };
}
