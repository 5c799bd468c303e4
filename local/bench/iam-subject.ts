/** What `local/bench/iam.ts` measures on: a table, an API, and a function with as many statements as one of this application. */
import type { FunctionModel, RoleModel, TableModel, WebSocketApiModel } from '../src/model.ts';

export const account = '000000000000';
export const region = 'us-east-1';

export const table: TableModel = {
  logicalId: 'Table',
  name: 'bench',
  arn: `arn:aws:dynamodb:${region}:${account}:table/bench`,
  keySchema: [{ attributeName: 'pk', keyType: 'HASH' }],
  attributeDefinitions: [{ attributeName: 'pk', attributeType: 'S' }],
  globalSecondaryIndexes: [],
  localSecondaryIndexes: [],
};

const actions = ['GetItem', 'PutItem', 'UpdateItem', 'Query', 'BatchWriteItem', 'DeleteItem'];

export const role: RoleModel = {
  logicalId: 'Role',
  name: 'bench',
  arn: `arn:aws:iam::${account}:role/bench`,
  foreignPolicyArns: [],
  tags: {},
  policies: [
    {
      name: 'policy',
      document: {
        Version: '2012-10-17',
        Statement: [
          ...actions.map((action) => ({
            Effect: 'Allow',
            Action: `dynamodb:${action}`,
            Resource: table.arn,
            Condition: { 'ForAllValues:StringLike': { 'dynamodb:LeadingKeys': ['V#*'] } },
          })),
          {
            Effect: 'Allow',
            Action: 'execute-api:ManageConnections',
            Resource: `arn:aws:execute-api:${region}:${account}:abcdefghij/live/POST/@connections/*`,
          },
        ],
      },
    },
  ],
};

export const caller: FunctionModel = {
  logicalId: 'Function',
  name: 'bench',
  arn: `arn:aws:lambda:${region}:${account}:function:bench`,
  roleArn: role.arn,
  runtime: 'nodejs24.x',
  handler: 'index.handler',
  codeDirectory: '.',
  environment: {},
  timeoutSeconds: 3,
  memoryMegabytes: 128,
  logGroup: '/aws/lambda/bench',
  logFormat: 'Text',
  permissions: [],
  asynchronous: { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 },
};

export const api: WebSocketApiModel = {
  logicalId: 'Api',
  id: 'abcdefghij',
  name: 'bench',
  routeSelectionExpression: '$request.body.action',
  routes: [
    {
      routeKey: '$connect',
      integration: { functionArn: caller.arn, timeoutMilliseconds: 1000 },
      responds: false,
    },
  ],
  stages: [{ name: 'live', variables: {}, routeThrottles: {} }],
};
