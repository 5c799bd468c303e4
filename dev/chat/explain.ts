/** Why a handshake was refused, as far as its status tells (docs/protocol.md, "Opening a connection"). */
export function explainRefusal(status: number): string {
  return `The connection was refused (HTTP ${status}): ${refusals.get(status) ?? 'an answer that the protocol does not name'}.`;
}

const refusals: ReadonlyMap<number, string> = new Map([
  [
    401,
    'the token is missing, expired, or not signed by the issuer that this instance trusts; npm run token makes one, with the same --data as npm start',
  ],
  [403, 'the stage in the URL is not there, or the origin is not allowed'],
  [426, 'the URL does not speak WebSocket'],
  [429, 'this user has too many connections, or was too fast; try again in half a minute'],
  [500, 'the authorizer failed; the log of npm start says why'],
  [502, 'the connect function failed; the log of npm start says why'],
  [503, 'something that the service needs is down; try again in a moment'],
]);

/** Why an open connection ended, by its close code. */
export function explainClose(code: number): string {
  return `The connection ended (${code}): ${closes.get(code) ?? 'the server gave no reason'}.`;
}

/** The codes that API Gateway closes with. */
const closes: ReadonlyMap<number, string> = new Map([
  [1000, 'the server closed it'],
  [1001, 'it was idle for ten minutes, or two hours old, or the server went away'],
  [1003, 'a binary frame was sent'],
  [1006, 'the network or the server went away'],
  [1008, 'too many messages in too short a time'],
  [1009, 'a message was too large'],
  [1011, 'the server failed'],
  [1012, 'the server restarts'],
]);

/** Why no connection came about at all. */
export function explainFailure(url: string, code: string | undefined, message: string): string {
  return code === 'ECONNREFUSED'
    ? `Nothing answers at ${url}; npm start runs an instance.`
    : `No connection to ${url}: ${message}.`;
}
