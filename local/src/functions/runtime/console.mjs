import { format } from 'node:util';

/** From the least to the most serious. */
const levels = ['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'];

const methods = {
  debug: 'DEBUG',
  error: 'ERROR',
  // Not in Node.js: Lambda's runtime adds it.
  fatal: 'FATAL',
  info: 'INFO',
  log: 'INFO',
  trace: 'TRACE',
  warn: 'WARN',
};

// Both are read once, before the function's code could change them.
const isJson = process.env['AWS_LAMBDA_LOG_FORMAT']?.toUpperCase() === 'JSON';
const lowestLevel = levels.indexOf(process.env['AWS_LAMBDA_LOG_LEVEL']?.toUpperCase() ?? '');

let /** @type {string | undefined} */ requestId;

/** @param {string} id of the event that the lines from here on belong to */
export function logInvocation(id) {
  requestId = id;
}

/**
 * Writes one line in the form that it has in CloudWatch: tab-separated time, request id and level, or one JSON object
 * when the function asks for that (`LoggingConfig.LogFormat`). A level below `LoggingConfig.ApplicationLogLevel` is not
 * written.
 *
 * Source: `src/LogPatch.js` of aws/aws-lambda-nodejs-runtime-interface-client, for values that JSON cannot hold too.
 *
 * @param {string} level
 * @param {unknown[]} values
 */
export function log(level, ...values) {
  if (levels.indexOf(level) < lowestLevel) return;
  const write = isJson ? jsonLine : textLine;
  process.stdout.write(`${write(level, values)}\n`);
}

/**
 * Writes what ended an event.
 *
 * @param {string} title
 * @param {unknown} error
 * @param {import('./errors.mjs').ErrorDocument} document of the same error
 */
export function logError(title, error, document) {
  if (!isJson) log('ERROR', title, JSON.stringify(document));
  else log('ERROR', error instanceof Error ? error : new Error(document.errorMessage));
}

/** Lets the function's own `console` write such lines. */
export function patchConsole() {
  for (const [method, level] of Object.entries(methods)) {
    Object.assign(globalThis.console, {
      [method]: (/** @type {unknown[]} */ ...values) => log(level, ...values),
    });
  }
}

/**
 * A text of several lines stays one line: CloudWatch breaks events at line feeds and not at carriage returns. While the code
 * loads there is no request, and nothing stands in its place.
 *
 * @param {string} level
 * @param {unknown[]} values
 */
function textLine(level, values) {
  const text = format(...values).replaceAll('\n', '\r');
  return `${new Date().toISOString()}\t${requestId ?? ''}\t${level}\t${text}`;
}

/**
 * One value stands as it is. Several become one text, with what the first error among them says beside it.
 *
 * @param {string} level
 * @param {unknown[]} values
 */
function jsonLine(level, values) {
  const head = { timestamp: new Date().toISOString(), level, requestId };
  if (values.length !== 1) {
    const error = values.find((value) => value instanceof Error);
    const said = error === undefined ? {} : describe(error);
    return JSON.stringify({ ...head, message: format(...values), ...said });
  }
  const [message] = values;
  try {
    return JSON.stringify({ ...head, message }, withErrors);
  } catch {
    // It leads in a circle, holds a BigInt, or its `toJSON` throws.
    return JSON.stringify({ ...head, message: format(message) });
  }
}

/**
 * @param {string} _key
 * @param {unknown} value
 * @returns {unknown} an error with its type, message and stack, of which JSON has none by itself
 */
function withErrors(_key, value) {
  return value instanceof Error ? Object.assign(describe(value), value) : value;
}

/** @param {Error} error */
function describe(error) {
  const { message, stack } = error;
  const stackTrace = typeof stack === 'string' ? stack.split('\n') : [];
  return { errorType: error.constructor?.name ?? 'UnknownError', errorMessage: message, stackTrace };
}
