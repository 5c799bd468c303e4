import { once } from 'node:events';
import type { Server } from 'node:net';
import { portHolder } from './port-holder.ts';
import { Refusal } from './refusal.ts';
import { systemCode } from './system-code.ts';

/**
 * Listens on 127.0.0.1, or on another address that loops back, and returns the port, which is a free one for 0.
 *
 * @throws Refusal when the port is taken, which names the process that has it where the system tells.
 */
export async function listenLocally(server: Server, port: number, host = '127.0.0.1'): Promise<number> {
  server.listen(port, host);
  try {
    await once(server, 'listening');
  } catch (error) {
    if (systemCode(error) !== 'EADDRINUSE') throw error;
    const holder = portHolder(port);
    const taken =
      holder === undefined ? 'is taken: stop what listens there' : `is taken by ${holder}: stop it`;
    throw new Refusal(`Port ${port} ${taken}, or choose another port with --port.`, { cause: error });
  }
  const address = server.address();
  if (typeof address !== 'object' || address === null)
    throw new Error('A TCP server has an address with a port.');
  return address.port;
}
