/**
 * The context object of the Node.js runtime.
 *
 * Source: "Using the Lambda context object to retrieve Node.js function information".
 *
 * @param {import('./runtime-api-client.mjs').Invocation} invocation
 */
export function createContext(invocation) {
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: process.env['AWS_LAMBDA_FUNCTION_NAME'] ?? '',
    functionVersion: process.env['AWS_LAMBDA_FUNCTION_VERSION'] ?? '',
    invokedFunctionArn: invocation.functionArn,
    memoryLimitInMB: process.env['AWS_LAMBDA_FUNCTION_MEMORY_SIZE'] ?? '',
    awsRequestId: invocation.requestId,
    logGroupName: process.env['AWS_LAMBDA_LOG_GROUP_NAME'] ?? '',
    logStreamName: process.env['AWS_LAMBDA_LOG_STREAM_NAME'] ?? '',
    getRemainingTimeInMillis: () => invocation.deadline - Date.now(),
  };
}
