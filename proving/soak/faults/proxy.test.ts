import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultProxy } from './proxy.ts';

let server: Server;
let port: number;
let proxy: FaultProxy;
const accepted: Socket[] = [];
const opened: Socket[] = [];

beforeEach(async () => {
  server = createServer((socket) => {
    socket.on('error', () => undefined);
    accepted.push(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  port = address !== null && typeof address === 'object' ? address.port : 0;
  proxy = await FaultProxy.start(() => ({ host: '127.0.0.1', port }));
});
afterEach(async () => {
  for (const socket of [...opened.splice(0), ...accepted.splice(0)]) socket.destroy();
  await proxy.stop();
  server.close();
  await once(server, 'close');
});

/** A client, and the server's end of its connection. */
async function pair(): Promise<readonly [Socket, Socket]> {
  const connection = once(server, 'connection');
  const near = connect(proxy.port, '127.0.0.1');
  near.on('error', () => undefined);
  opened.push(near);
  await connection;
  const far = accepted.at(-1);
  if (far === undefined) throw new Error('nobody came');
  return [near, far];
}

/** With an error or without. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

function heard(socket: Socket): Promise<string> {
  return new Promise((resolve) => socket.once('data', (data) => resolve(data.toString())));
}

describe('the proxy', () => {
  it('lets everything through, both ways, and ends the one end when the other ends', async () => {
    const [near, far] = await pair();
    near.write('up');
    expect(await heard(far)).toBe('up');
    far.write('down');
    expect(await heard(near)).toBe('down');
    far.destroy();
    await closed(near);
  });

  it('resets both ends', async () => {
    const [near, far] = await pair();
    const ended = Promise.all([closed(near), closed(far)]);
    proxy.resetAll();
    await ended;
    expect(proxy.open).toEqual([]);
  });

  it('refuses whoever comes, until it does no more', async () => {
    proxy.refusing = true;
    const near = connect(proxy.port, '127.0.0.1');
    near.on('error', () => undefined);
    await closed(near);
    expect(accepted).toEqual([]);
    proxy.refusing = false;
    await pair();
  });

  it('keeps both ends of a half-open connection, of which no end learns of the other’s end', async () => {
    const [near, far] = await pair();
    const [other] = await pair();
    const [held] = proxy.open;
    held?.hold('both');
    near.write('lost');
    near.destroy();
    // What went through the neighbour after that shows that there was time for it.
    other.write('later');
    expect(await heard(accepted.at(-1) ?? other)).toBe('later');
    expect(far.readyState).toBe('open');
    expect(far.bytesRead).toBe(0);
    proxy.endHeld();
    await closed(far);
  });

  it('holds one direction, and the other goes on', async () => {
    const [near, far] = await pair();
    proxy.open[0]?.hold('up');
    far.write('down');
    expect(await heard(near)).toBe('down');
    near.write('lost');
    far.write('down again');
    expect(await heard(near)).toBe('down again');
    expect(far.bytesRead).toBe(0);
  });

  it('passes after a stall what it held back', async () => {
    const [near, far] = await pair();
    proxy.open[0]?.stall(30);
    near.write('late');
    expect(await heard(far)).toBe('late');
    far.write('and back');
    expect(await heard(near)).toBe('and back');
  });
});
