import { once } from 'node:events';
import { WebSocket } from 'ws';
import { Refusal, systemCode } from '../../local/src/command-line/index.ts';
import { offer } from '../../protocol/handshake.ts';
import { explainFailure, explainRefusal } from './explain.ts';

/** Milliseconds that a handshake may take: API Gateway's limit for an integration, and a little for the way. */
const handshakeTimeout = 30_000;

/** An open connection. @throws Refusal that says why there is none. */
export async function connect(url: string, token: string): Promise<WebSocket> {
  const socket = new WebSocket(url, offer(token), { handshakeTimeout, perMessageDeflate: false });
  const refused = new Promise<never>((_, reject) => {
    socket.once('unexpected-response', (request, response) => {
      request.destroy();
      reject(new Refusal(explainRefusal(response.statusCode ?? 0)));
    });
  });
  try {
    await Promise.race([once(socket, 'open'), refused]);
  } catch (error) {
    // Destroying a refused handshake is reported once more, to nobody.
    socket.on('error', () => undefined);
    if (error instanceof Refusal) throw error;
    const message = error instanceof Error ? error.message : String(error);
    throw new Refusal(explainFailure(url, systemCode(error), message), { cause: error });
  }
  return socket;
}
