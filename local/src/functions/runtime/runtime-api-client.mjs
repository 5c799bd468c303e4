import net from 'node:net';

/**
 * @typedef {object} Invocation
 * @property {string} requestId
 * @property {string} functionArn
 * @property {number} deadline milliseconds since the epoch
 * @property {string} payload JSON text
 */

/** What stands behind the port is the secret of this environment. */
const [, host = '', port = '', secret = ''] =
  /^([^:]+):(\d+)\/(\w+)$/.exec(process.env['AWS_LAMBDA_RUNTIME_API'] ?? '') ?? [];

/*
 * One connection, on which one request follows the other's answer. Not by `node:http`, whose client costs a young process
 * more than a small handler does. It keeps the process alive only while an answer is due: a handler that has nothing left
 * to wait for ends the process.
 */
const socket = net.connect({ host, port: Number(port), noDelay: true }).unref();
let received = Buffer.alloc(0);
let /** @type {((answer: Answer) => void) | undefined} */ settle;

/** @typedef {{ head: string, body: string }} Answer */

// Without this connection the service is gone, and there is nothing left to do.
socket.on('error', () => process.exit(1));
socket.on('close', () => process.exit(1));
socket.on('data', (chunk) => {
  received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
  const headEnd = received.indexOf('\r\n\r\n');
  if (headEnd === -1) return;
  const head = received.toString('latin1', 0, headEnd);
  const end = headEnd + 4 + Number(header(head, 'Content-Length'));
  if (received.length < end) return;
  const body = received.toString('utf8', headEnd + 4, end);
  received = received.subarray(end);
  socket.unref();
  settle?.({ head, body });
});

/**
 * @param {string} head
 * @param {string} name as the service writes it
 */
function header(head, name) {
  const start = head.indexOf(`\r\n${name}: `);
  if (start === -1) return '';
  const end = head.indexOf('\r\n', start + 2);
  return head.slice(start + name.length + 4, end === -1 ? head.length : end);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {string} [body]
 * @returns {Promise<Answer>}
 */
function call(method, path, body = '') {
  const head = [
    `${method} /${secret}/2018-06-01/runtime/${path} HTTP/1.1`,
    `Host: ${host}:${port}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return new Promise((resolve) => {
    settle = resolve;
    socket.ref();
    socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
  });
}

/** @returns {Promise<Invocation>} settles when there is an event, however late */
export async function nextInvocation() {
  const { head, body } = await call('GET', 'invocation/next');
  return {
    requestId: header(head, 'Lambda-Runtime-Aws-Request-Id'),
    functionArn: header(head, 'Lambda-Runtime-Invoked-Function-Arn'),
    deadline: Number(header(head, 'Lambda-Runtime-Deadline-Ms')),
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
