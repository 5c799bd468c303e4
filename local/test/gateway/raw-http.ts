import { connect, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** A TCP connection to the gateway on which a test writes what no well-behaved client would. */
export interface RawClient {
  readonly socket: Socket;
  /** All that came, as Latin-1 text, when the other side has closed. */
  readonly answer: Promise<string>;
}

export function rawClient(port: number, text: string): RawClient {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => void socket.destroy());
  socket.write(text);
  const answer = new Promise<string>((resolve) => {
    let received = '';
    socket.on('data', (chunk: Buffer) => (received += chunk.toString('latin1')));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => resolve(received));
  });
  return { socket, answer };
}

/** A handshake as text; a header given as undefined is left out. */
export function handshakeText(
  requestLine: string,
  headers: Readonly<Record<string, string | undefined>> = {},
): string {
  const all: Record<string, string | undefined> = {
    host: '127.0.0.1',
    connection: 'Upgrade',
    upgrade: 'websocket',
    'sec-websocket-version': '13',
    'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
  };
  const lines = Object.entries(all).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}: ${value}`],
  );
  return `${[requestLine, ...lines].join('\r\n')}\r\n\r\n`;
}

/** The first status line of an answer, as a number. */
export function statusOf(answer: string): number {
  return Number(/^HTTP\/1\.1 (\d{3})/.exec(answer)?.[1]);
}
