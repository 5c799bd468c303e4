import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import * as v from 'valibot';
import { WebSocket } from 'ws';
import { issueToken, type Staff } from '../../../dev/issuer/token.ts';
import { loadSigningKey } from '../../../dev/issuer/signing-key.ts';
import { offer } from '../../../protocol/handshake.ts';
import { events, replies } from '../../../protocol/replies.ts';
import type { RequestInput } from '../../../protocol/requests.ts';

const frameSchema = v.union([...Object.values(replies), ...Object.values(events)]);
export type Frame = v.InferOutput<typeof frameSchema>;
type FrameOf<T extends Frame['type']> = Extract<Frame, { type: T }>;

/** A token of the local issuer, as `npm run token` prints it. */
export async function token(dataDirectory: string, staff: Staff, expiresIn = 3600): Promise<string> {
  const key = await loadSigningKey(dataDirectory);
  return issueToken(staff, { key, now: Date.now(), expiresIn, id: randomUUID() });
}

/** One browser of a member of staff: frames are kept in order until somebody asks for them. */
export class StaffClient {
  readonly socket: WebSocket;
  /** Every frame, as it came. */
  readonly raw: string[] = [];
  readonly #frames: Frame[] = [];
  readonly #wake = new Set<() => void>();

  constructor(url: string, protocols: string[]) {
    this.socket = new WebSocket(url, protocols);
    // Every request that waits for its reply listens for the end too.
    this.socket.setMaxListeners(0);
    this.socket.on('message', (data: Buffer) => {
      const text = data.toString();
      this.raw.push(text);
      this.#frames.push(v.parse(frameSchema, JSON.parse(text)));
      for (const wake of this.#wake) wake();
    });
  }

  static async connect(
    service: { websocket: string; dataDirectory: string },
    staff: Staff,
  ): Promise<StaffClient> {
    return StaffClient.connectWith(service.websocket, await token(service.dataDirectory, staff));
  }

  static async connectWith(url: string, jwt: string): Promise<StaffClient> {
    const client = new StaffClient(url, offer(jwt));
    await once(client.socket, 'open');
    return client;
  }

  /** Sends a request and resolves to its reply, by `id`; events stay in line. */
  async ask(request: RequestInput): Promise<Frame> {
    const id = randomUUID();
    this.socket.send(JSON.stringify({ ...request, id }));
    return this.take((frame) => 'id' in frame && frame.id === id);
  }

  /** As `ask`, for the type of reply that must come. */
  async expect<T extends Frame['type']>(type: T, request: RequestInput): Promise<FrameOf<T>> {
    return ofType(type, await this.ask(request));
  }

  /** The next event of a type, in the order of arrival. */
  async next<T extends 'message' | 'conversation'>(type: T): Promise<FrameOf<T>> {
    return ofType(type, await this.take((frame) => frame.type === type && !('id' in frame)));
  }

  /**
   * Everything that has come by now. A `ping` is answered after what was sent to this connection before it was asked
   * for, as far as the sender had been answered; so what is not here was not sent.
   */
  async arrived(): Promise<Frame[]> {
    await this.expect('pong', { action: 'ping' });
    return this.#frames.splice(0);
  }

  async close(): Promise<void> {
    this.socket.close();
    if (this.socket.readyState !== WebSocket.CLOSED) await once(this.socket, 'close');
  }

  async take(matches: (frame: Frame) => boolean): Promise<Frame> {
    for (;;) {
      const at = this.#frames.findIndex(matches);
      const [found] = at === -1 ? [] : this.#frames.splice(at, 1);
      if (found !== undefined) return found;
      await this.#nextFrame();
    }
  }

  async #nextFrame(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      const settle = (after: () => void) => () => {
        this.#wake.delete(wake);
        this.socket.off('close', fail);
        after();
      };
      const wake = settle(resolve);
      const fail = settle(() => reject(new Error(`closed while waiting; had ${this.raw.join(' ')}`)));
      this.#wake.add(wake);
      this.socket.once('close', fail);
    });
  }
}

function ofType<T extends Frame['type']>(type: T, frame: Frame): FrameOf<T> {
  if (!isOfType(type, frame)) throw new Error(`expected ${type}, got ${JSON.stringify(frame)}`);
  return frame;
}

function isOfType<T extends Frame['type']>(type: T, frame: Frame): frame is FrameOf<T> {
  return frame.type === type;
}

/** The HTTP status with which a handshake was refused, or 101. */
export async function handshake(
  url: string,
  protocols: string[],
  headers: Record<string, string> = {},
): Promise<number> {
  const socket = new WebSocket(url, protocols, { headers });
  return new Promise((resolve, reject) => {
    socket.once('open', () => {
      socket.close();
      socket.once('close', () => resolve(101));
    });
    socket.once('unexpected-response', (_, response) => {
      socket.once('error', () => {});
      socket.terminate();
      resolve(response.statusCode ?? 0);
    });
    socket.once('error', reject);
  });
}
