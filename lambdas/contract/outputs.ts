/** The names of the stack's outputs, which scripts, other stacks and the local run read. */
export const outputs = {
  webSocketUrl: 'WebSocketUrl',
  notifyFunctionName: 'NotifyFunctionName',
  notifyFunctionArn: 'NotifyFunctionArn',
  failureQueueUrl: 'FailureQueueUrl',
  tableName: 'TableName',
  userPoolId: 'UserPoolId',
  userPoolClientId: 'UserPoolClientId',
} as const;
