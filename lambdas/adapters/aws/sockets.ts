import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectWithTls } from 'node:tls';
import { MalformedResponse, ResponseReader, type HttpResponse } from './response-reader.ts';

/** There was no answer, or none that was whole: whether the request was done is not known. */
export class NoAnswer extends Error {
  override readonly name = 'NoAnswer';
}

/** Sockets that are kept while nobody uses them. */
const maximumIdle = 64;

/**
 * The kept-alive sockets to one server, over which HTTP/1.1 requests go, one at a time on each.
 *
 * `node:http` is not used for what it costs: a post to a connection is two hundred bytes each way, and its client's
 * objects take more CPU than everything else about it, above all in a function that has just started. There is no
 * bound on the sockets in use but the caller's own on its requests.
 */
export class Sockets {
  readonly #base: URL;
  readonly #idle: Line[] = [];
  readonly #turns = new Turns();
  /** To resume TLS with, which spares a new socket the certificates. */
  #session: Buffer | undefined;

  constructor(base: URL) {
    this.#base = base;
  }

  /**
   * Sends a request, its head and body in one text, and resolves to the answer. Rejects with `NoAnswer`, at the latest
   * after `milliseconds`, over however many sockets it went.
   *
   * A kept socket may have been closed by the server while the function was frozen. One that breaks before anything
   * came back over it is replaced at once by a new one; the request may then arrive twice. `fresh` takes a new one
   * from the start.
   */
  async exchange(request: string, milliseconds: number, { fresh = false } = {}): Promise<HttpResponse> {
    const kept = fresh ? undefined : this.#idle.pop();
    let left = milliseconds;
    if (kept !== undefined) {
      const started = performance.now();
      try {
        return await kept.exchange(request, milliseconds);
      } catch (error) {
        if (!kept.broke) throw error;
        left -= performance.now() - started;
      }
    }
    return this.#open().exchange(request, milliseconds, left);
  }

  /** Closes the sockets that nobody uses. */
  close(): void {
    for (const line of this.#idle.splice(0)) line.close();
  }

  #open(): Line {
    const line: Line = new Line(this.#connect(), this.#turns, {
      onFree: () => {
        if (this.#idle.length < maximumIdle) this.#idle.push(line);
        else line.close();
      },
      onClosed: () => {
        const at = this.#idle.indexOf(line);
        if (at !== -1) this.#idle.splice(at, 1);
      },
    });
    return line;
  }

  #connect(): Connecting {
    const { protocol, hostname, port } = this.#base;
    // A URL has brackets around an IPv6 address.
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    if (protocol === 'http:') {
      const socket = connectPlain({ host, port: Number(port || 80) });
      return { socket: socket.setNoDelay(true), connected: 'connect' };
    }
    const socket = connectWithTls({
      host,
      port: Number(port || 443),
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(this.#session === undefined ? {} : { session: this.#session }),
    });
    socket.on('session', (session: Buffer) => void (this.#session = session));
    return { socket: socket.setNoDelay(true), connected: 'secureConnect' };
  }
}

/** A socket, and the event by which it says that it is connected. */
interface Connecting {
  readonly socket: Socket;
  readonly connected: 'connect' | 'secureConnect';
}

/** Tells the turns of the event loop apart. */
class Turns {
  #turn = 0;
  #isCounted = false;

  get current(): number {
    if (!this.#isCounted) {
      this.#isCounted = true;
      setImmediate(() => {
        this.#turn++;
        this.#isCounted = false;
      });
    }
    return this.#turn;
  }
}

interface LineEvents {
  /** An answer has come, and the server keeps the connection. */
  onFree(): void;
  onClosed(): void;
}

interface Exchange {
  readonly request: string;
  isSent: boolean;
  readonly reader: ResponseReader;
  settle(outcome: HttpResponse | NoAnswer): void;
}

/**
 * One socket and the exchange that is under way on it.
 *
 * What comes before a request was sent is no answer to it, and closes the socket. It may have come unnoticed, while the
 * function was frozen or the socket was connecting; so a request waits until what is there has been read, unless the
 * answer before came in this very turn of the event loop.
 */
class Line {
  readonly #socket: Socket;
  readonly #turns: Turns;
  readonly #events: LineEvents;
  #isConnected = false;
  /** The turn in which the latest answer came. */
  #answeredIn: number | undefined;
  #exchange: Exchange | undefined;
  #heard = false;
  #timedOut = false;

  constructor({ socket, connected }: Connecting, turns: Turns, events: LineEvents) {
    this.#socket = socket;
    this.#turns = turns;
    this.#events = events;
    socket.once(connected, () => this.#connected());
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.on('end', () => this.#ended());
    socket.on('error', (cause) => this.#fail(new NoAnswer('the connection broke', { cause })));
    socket.on('close', () => this.#fail(new NoAnswer('the connection has closed')));
  }

  /** Whether the latest exchange failed by the connection, and before anything came back. */
  get broke(): boolean {
    return !this.#heard && !this.#timedOut;
  }

  /** `left`: what is left of the milliseconds. */
  exchange(request: string, milliseconds: number, left = milliseconds): Promise<HttpResponse> {
    this.#heard = false;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#timedOut = true;
        this.#fail(new NoAnswer(`no answer within ${milliseconds} ms`));
      }, left);
      const exchange: Exchange = {
        request,
        isSent: false,
        reader: new ResponseReader(),
        settle(outcome) {
          clearTimeout(timer);
          if (outcome instanceof NoAnswer) reject(outcome);
          else resolve(outcome);
        },
      };
      this.#exchange = exchange;
      this.#socket.ref();
      if (this.#answeredIn === this.#turns.current) this.#send(exchange);
      else if (this.#isConnected) setImmediate(() => this.#send(exchange));
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  /** What the server says first may come one turn after the connection. */
  #connected(): void {
    setImmediate(() =>
      setImmediate(() => {
        this.#isConnected = true;
        if (this.#exchange !== undefined) this.#send(this.#exchange);
      }),
    );
  }

  #send(exchange: Exchange): void {
    if (this.#exchange !== exchange) return;
    exchange.isSent = true;
    this.#socket.write(exchange.request);
  }

  #read(piece: Buffer): void {
    const exchange = this.#exchange;
    if (exchange?.isSent !== true)
      return this.#fail(new NoAnswer('something came that nobody had asked for'));
    this.#heard = true;
    try {
      const response = exchange.reader.read(piece);
      if (response !== undefined) this.#answered(exchange, response);
    } catch (cause) {
      if (!(cause instanceof MalformedResponse)) throw cause;
      this.#fail(new NoAnswer('the answer is no HTTP response', { cause }));
    }
  }

  #ended(): void {
    const exchange = this.#exchange;
    const response = exchange?.reader.end();
    if (exchange && response) this.#answered(exchange, response);
    else this.#fail(new NoAnswer('the server closed the connection'));
  }

  #answered(exchange: Exchange, response: HttpResponse): void {
    this.#exchange = undefined;
    if (exchange.reader.keptAlive) {
      // A socket that waits for nothing keeps no process alive.
      this.#socket.unref();
      this.#answeredIn = this.#turns.current;
      this.#events.onFree();
    } else this.close();
    exchange.settle(response);
  }

  #fail(reason: NoAnswer): void {
    this.#events.onClosed();
    this.close();
    const exchange = this.#exchange;
    this.#exchange = undefined;
    exchange?.settle(reason);
  }
}
