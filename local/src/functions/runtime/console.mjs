import { format } from 'node:util';

const levels = {
  debug: 'DEBUG',
  error: 'ERROR',
  info: 'INFO',
  log: 'INFO',
  trace: 'TRACE',
  warn: 'WARN',
};

let /** @type {string | undefined} */ requestId;

/** @param {string} id of the event that the lines from here on belong to */
export function logInvocation(id) {
  requestId = id;
}

/**
 * Writes one line in the form that it has in CloudWatch: tab-separated time, request id and level, or one JSON object
 * when the function asks for that (`LoggingConfig.LogFormat`).
 *
 * @param {string} level
 * @param {unknown[]} values
 */
export function log(level, ...values) {
  const write = process.env['AWS_LAMBDA_LOG_FORMAT'] === 'JSON' ? jsonLine : textLine;
  process.stdout.write(`${write(level, values)}\n`);
}

/** Lets the function's own `console` write such lines. */
export function patchConsole() {
  for (const [method, level] of Object.entries(levels)) {
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
 * @param {string} level
 * @param {unknown[]} values
 */
function jsonLine(level, values) {
  const message = values.length === 1 && isPlain(values[0]) ? values[0] : format(...values);
  return JSON.stringify({ timestamp: new Date().toISOString(), level, requestId, message });
}

/** @param {unknown} value */
function isPlain(value) {
  return typeof value === 'object' && value !== null && !(value instanceof Error);
}
