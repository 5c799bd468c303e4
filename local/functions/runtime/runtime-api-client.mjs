import http from 'node:http';

/**
 * @typedef {object} Invocation
 * @property {string} requestId
 * @property {string} functionArn
 * @property {number} deadline milliseconds since the epoch
 * @property {string} payload JSON text
 */

const [hostname, port] = (process.env['AWS_LAMBDA_RUNTIME_API'] ?? '').split(':');
const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });

/**
 * An answer that does not come means that nobody is left to work for, so the environment ends.
 *
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<{ headers: http.IncomingHttpHeaders, body: string }>}
 */
function call(method, path, body) {
  return new Promise((resolve) => {
    const headers = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
    const options = { hostname, port, agent, method, path: `/2018-06-01/runtime/${path}`, headers };
    const request = http.request(options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (/** @type {string} */ chunk) => (text += chunk));
      response.on('end', () => resolve({ headers: response.headers, body: text }));
      response.on('error', () => process.exit(1));
    });
    request.on('error', () => process.exit(1));
    request.end(body);
  });
}

/** @returns {Promise<Invocation>} settles when there is an event, however late */
export async function nextInvocation() {
  const { headers, body } = await call('GET', 'invocation/next');
  return {
    requestId: String(headers['lambda-runtime-aws-request-id']),
    functionArn: String(headers['lambda-runtime-invoked-function-arn']),
    deadline: Number(headers['lambda-runtime-deadline-ms']),
    payload: body,
  };
}

/**
 * @param {string} requestId
 * @param {string} payload
 */
export async function postResponse(requestId, payload) {
  await call('POST', `invocation/${requestId}/response`, payload);
}

/**
 * @param {string} requestId
 * @param {import('./errors.mjs').ErrorDocument} document
 */
export async function postError(requestId, document) {
  await call('POST', `invocation/${requestId}/error`, JSON.stringify(document));
}

/** @param {import('./errors.mjs').ErrorDocument} document */
export async function postInitError(document) {
  await call('POST', 'init/error', JSON.stringify(document));
}
