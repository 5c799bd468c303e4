import { createServer } from 'node:net';
import { listenLocally } from '../../local/src/command-line/index.ts';

export interface ReservedPort {
  readonly port: number;
  /** Frees it for the one whom it was kept for. May be called again. */
  release(): Promise<void>;
}

/**
 * Keeps a port of 127.0.0.1, a free one for 0: synthesis needs its number, and whoever finds it taken should hear so
 * before the wait.
 *
 * @throws Refusal when it is taken.
 */
export async function reservePort(wanted: number): Promise<ReservedPort> {
  const server = createServer((socket) => socket.destroy());
  const port = await listenLocally(server, wanted);
  return { port, release: () => new Promise((resolve) => void server.close(() => resolve())) };
}
