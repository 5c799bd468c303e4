import { connect, type Socket } from 'node:net';
import type { LaneConnection } from '../plain-lane.ts';
import { answerScanner } from './answer-scanner.ts';

/**
 * Opens one connection to the engine for each connection of a client, and keeps it as long as the plain lane has the
 * client's. The engine's answer is handed on as it comes, and no faster than the client reads.
 */
export function engineConnections(engineUrl: string): (client: LaneConnection) => Socket {
  const { hostname, port } = new URL(engineUrl);
  const connections = new WeakMap<LaneConnection, Socket>();
  return (client) => {
    const known = connections.get(client);
    if (known !== undefined) return known;
    const engine = connect({ host: hostname, port: Number(port || 80), noDelay: true });
    connections.set(client, engine);
    handOn(engine, client);
    return engine;
  };
}

function handOn(engine: Socket, client: LaneConnection): void {
  const { socket, left } = client;
  let isWhole = answerScanner();
  engine.on('data', (chunk) => {
    if (!socket.write(chunk)) engine.pause();
    if (!isWhole(chunk)) return;
    isWhole = answerScanner();
    client.finish();
  });
  socket.on('drain', () => engine.resume());
  left.addEventListener('abort', () => engine.destroy());
  // As without a proxy: an engine that is gone closes the connection.
  engine.on('error', () => engine.destroy());
  engine.on('close', () => {
    if (!left.aborted) socket.destroySoon();
  });
}
