import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/** What a tunnel no longer lets through. */
export type Held = 'both' | 'up' | 'down';

/**
 * A TCP proxy on 127.0.0.1 between clients and the service: what is wrong with networks goes wrong here.
 *
 * Its own address stays the same while the service behind it comes and goes.
 */
export class FaultProxy {
  readonly port: number;
  /** Connections are reset as soon as they come. */
  refusing = false;
  readonly #server: Server;
  readonly #tunnels: Set<Tunnel>;

  private constructor(server: Server, tunnels: Set<Tunnel>, port: number) {
    this.#server = server;
    this.#tunnels = tunnels;
    this.port = port;
  }

  /** On a free port; `target` is asked for each connection. */
  static async start(target: () => { readonly host: string; readonly port: number }): Promise<FaultProxy> {
    const tunnels = new Set<Tunnel>();
    const server = createServer({ noDelay: true }, (near) => {
      near.on('error', () => undefined);
      if (proxy.refusing) {
        near.resetAndDestroy();
        return;
      }
      const { host, port } = target();
      const tunnel = new Tunnel(near, connect({ host, port, noDelay: true }), () => tunnels.delete(tunnel));
      tunnels.add(tunnel);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const proxy: FaultProxy = new FaultProxy(server, tunnels, portOf(server.address()));
    return proxy;
  }

  /** Those that let everything through. */
  get open(): Tunnel[] {
    return [...this.#tunnels].filter(({ isFree }) => isFree);
  }

  resetAll(): void {
    for (const tunnel of this.#tunnels) tunnel.reset();
  }

  /** Ends what is held; both ends learn of it. */
  endHeld(): void {
    for (const tunnel of this.#tunnels) if (!tunnel.isFree) tunnel.reset();
  }

  async stop(): Promise<void> {
    this.refusing = true;
    this.resetAll();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** One connection of a client, and the one that carries it on to the service. */
export class Tunnel {
  readonly #near: Socket;
  readonly #far: Socket;
  #holding = false;
  #resume: NodeJS.Timeout | undefined;

  constructor(near: Socket, far: Socket, ended: () => void) {
    this.#near = near;
    this.#far = far;
    near.pipe(far);
    far.pipe(near);
    far.on('error', () => undefined);
    // What one end has closed, the other end learns; but nobody does while the tunnel holds.
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('close', () => {
        if (!this.#holding) other.destroy();
        if (near.destroyed && far.destroyed) {
          clearTimeout(this.#resume);
          ended();
        }
      });
    }
  }

  get isFree(): boolean {
    return !this.#holding && !this.#near.destroyed && !this.#far.destroyed;
  }

  /** Both ends get a TCP reset. */
  reset(): void {
    this.#holding = false;
    this.#near.resetAndDestroy();
    this.#far.resetAndDestroy();
  }

  /** Half open from now on: no byte passes, and no end learns of the other's end. */
  hold(what: Held): void {
    this.#holding = true;
    if (what !== 'down') this.#near.unpipe(this.#far).pause();
    if (what !== 'up') this.#far.unpipe(this.#near).pause();
  }

  /** Passes nothing for a while, and then everything that was held back. */
  stall(milliseconds: number): void {
    this.hold('both');
    this.#resume = setTimeout(() => {
      if (this.#near.destroyed || this.#far.destroyed) return this.reset();
      this.#holding = false;
      this.#near.pipe(this.#far);
      this.#far.pipe(this.#near);
    }, milliseconds);
  }
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  return address.port;
}
