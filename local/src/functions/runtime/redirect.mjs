/**
 * Sends what the function says to AWS's own host names (`https://{api}.execute-api.{region}.amazonaws.com` …) to the
 * local services, over plain TCP. Loaded before the handler with the routes in its URL: `?host=ip:port&…`.
 *
 * It replaces the socket and not the request: `https`, `fetch` and the SDK keep their agents, their kept-alive
 * sockets and their `Host` header, and a request costs nothing more.
 */
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import tls from 'node:tls';

const routes = new Map(new URL(import.meta.url).searchParams);
const connectWithTls = tls.connect;

/**
 * @param {unknown[]} values in any of the forms that `tls.connect` takes
 * @returns {string} the host that is meant
 */
function hostOf(values) {
  const options = values.find((value) => typeof value === 'object' && value !== null) ?? {};
  const { servername, host } = /** @type {import('node:tls').ConnectionOptions} */ (options);
  return servername || host || String(values.find((value) => typeof value === 'string'));
}

/**
 * @param {string} address
 * @param {unknown[]} values
 */
function connectPlain(address, values) {
  const [host, port] = address.split(':');
  const socket = net.connect({ host, port: Number(port), noDelay: true });
  const onConnect = values.find((value) => typeof value === 'function');
  socket.once('connect', () => {
    socket.emit('secureConnect');
    if (onConnect !== undefined) Reflect.apply(onConnect, socket, []);
  });
  return Object.assign(socket, {
    encrypted: true,
    authorized: true,
    alpnProtocol: false,
    getSession: () => undefined,
    isSessionReused: () => false,
  });
}

/** @param {unknown[]} values */
function connect(...values) {
  const address = routes.get(hostOf(values));
  if (address !== undefined) return connectPlain(address, values);
  return /** @type {unknown} */ (Reflect.apply(connectWithTls, tls, values));
}

Object.assign(tls, { connect });
syncBuiltinESMExports();
