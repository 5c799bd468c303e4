/**
 * What Lambda's managed Node.js runtime does inside an execution environment: it loads the handler, then asks the
 * Runtime API for one event after the other. Started by `local/src/functions`, on nothing but Node.js itself.
 *
 * Source: "Using the Lambda runtime API for custom runtimes", AWS Lambda developer guide.
 */
import { callHandler } from './call-handler.mjs';
import { logError, logInvocation, patchConsole } from './console.mjs';
import { createContext } from './context.mjs';
import { errorDocument, namedError } from './errors.mjs';
import { loadHandler } from './load-handler.mjs';
import { nextInvocation, postError, postInitError, postResponse } from './runtime-api-client.mjs';

/** The event being handled; `undefined` before the first one was asked for and between two of them. */
let /** @type {string | undefined} */ currentRequestId;
let isLoaded = false;

/**
 * Ends the environment with what went wrong outside a handler's promise. What went wrong while the code loads is told by
 * whoever started it, and once.
 *
 * @param {string} title
 * @param {unknown} error
 * @param {number} exitCode
 */
async function fail(title, error, exitCode) {
  const document = errorDocument(error);
  if (isLoaded) logError(title, error, document);
  await (currentRequestId === undefined ? postInitError(document) : postError(currentRequestId, document));
  process.exit(exitCode);
}

/**
 * @param {import('./load-handler.mjs').LoadedHandler} handler
 * @param {import('./runtime-api-client.mjs').Invocation} invocation
 */
async function handle(handler, invocation) {
  try {
    const result = await callHandler(handler, JSON.parse(invocation.payload), createContext(invocation));
    await postResponse(invocation.requestId, responseBody(result));
  } catch (error) {
    const document = errorDocument(error);
    logError('Invoke Error', error, document);
    await postError(invocation.requestId, document);
  }
}

/**
 * What a handler returned, as JSON.
 *
 * Source: `src/RAPIDClient.js` of aws/aws-lambda-nodejs-runtime-interface-client.
 *
 * @param {unknown} result
 * @returns {string}
 * @throws for what JSON cannot hold, such as a BigInt or an object within itself; its stack names no file, since all would be ours
 */
function responseBody(result) {
  try {
    return JSON.stringify(result) ?? 'null';
  } catch {
    const error = new Error('Unable to stringify response body');
    error.stack = `${error.name}: ${error.message}`;
    throw error;
  }
}

async function main() {
  const handler = await loadHandler(process.env['LAMBDA_TASK_ROOT'] ?? '.', process.env['_HANDLER'] ?? '');
  isLoaded = true;
  for (;;) {
    const invocation = await nextInvocation();
    currentRequestId = invocation.requestId;
    logInvocation(invocation.requestId);
    await handle(handler, invocation);
    currentRequestId = undefined;
  }
}

patchConsole();
process.on('unhandledRejection', (reason) => {
  void fail('Unhandled Promise Rejection', namedError('Runtime.UnhandledPromiseRejection', reason), 128);
});
process.on('uncaughtException', (error) => void fail('Uncaught Exception', error, 129));
main().catch((error) => fail('Uncaught Exception', error, 1));
