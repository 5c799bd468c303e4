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
 * objects take three times the CPU of everything else about it, and more than that in a function that has just
 * started. There is no bound on the sockets in use but the caller's own on its requests.
 */
export class Sockets {
  readonly #base: URL;
  readonly #idle: Line[] = [];
  /** To resume TLS with, which spares a new socket the certificates. */
  #session: Buffer | undefined;

  constructor(base: URL) {
    this.#base = base;
  }

  /**
   * Sends a request, its head and body in one text, and resolves to the answer. Rejects with `NoAnswer`, at the latest
   * after `milliseconds`.
   *
   * A kept socket may have been closed by the server while the function was frozen. One that breaks before anything
   * came back over it is replaced at once by a new one; the request may then arrive twice. `fresh` takes a new one
   * from the start.
   */
  async exchange(request: string, milliseconds: number, { fresh = false } = {}): Promise<HttpResponse> {
    const kept = fresh ? undefined : this.#idle.pop();
    if (kept !== undefined) {
      try {
        return await kept.exchange(request, milliseconds);
      } catch (error) {
        if (!kept.broke) throw error;
      }
    }
    return this.#open().exchange(request, milliseconds);
  }

  /** Closes the sockets that nobody uses. */
  close(): void {
    for (const line of this.#idle.splice(0)) line.close();
  }

  #open(): Line {
    const line: Line = new Line(this.#connect(), {
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

  #connect(): Socket {
    const { protocol, hostname: host, port } = this.#base;
    if (protocol === 'http:') return connectPlain({ host, port: Number(port || 80) }).setNoDelay(true);
    const socket = connectWithTls({
      host,
      port: Number(port || 443),
      ALPNProtocols: ['http/1.1'],
      ...(isIP(host) === 0 ? { servername: host } : {}),
      ...(this.#session === undefined ? {} : { session: this.#session }),
    });
    socket.on('session', (session: Buffer) => void (this.#session = session));
    return socket.setNoDelay(true);
  }
}

interface LineEvents {
  /** An answer has come, and the server keeps the connection. */
  onFree(): void;
  onClosed(): void;
}

interface Exchange {
  readonly reader: ResponseReader;
  settle(outcome: HttpResponse | NoAnswer): void;
}

/** One socket and the exchange that is under way on it. */
class Line {
  readonly #socket: Socket;
  readonly #events: LineEvents;
  #exchange: Exchange | undefined;
  #heard = false;
  #timedOut = false;

  constructor(socket: Socket, events: LineEvents) {
    this.#socket = socket;
    this.#events = events;
    socket.on('data', (piece: Buffer) => this.#read(piece));
    socket.on('end', () => this.#ended());
    socket.on('error', (cause) => this.#fail(new NoAnswer('the connection broke', { cause })));
    socket.on('close', () => this.#fail(new NoAnswer('the connection has closed')));
  }

  /** Whether the latest exchange failed by the connection, and before anything came back. */
  get broke(): boolean {
    return !this.#heard && !this.#timedOut;
  }

  exchange(request: string, milliseconds: number): Promise<HttpResponse> {
    this.#heard = false;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#timedOut = true;
        this.#fail(new NoAnswer(`no answer within ${milliseconds} ms`));
      }, milliseconds);
      this.#exchange = {
        reader: new ResponseReader(),
        settle(outcome) {
          clearTimeout(timer);
          if (outcome instanceof NoAnswer) reject(outcome);
          else resolve(outcome);
        },
      };
      this.#socket.ref();
      this.#socket.write(request);
    });
  }

  close(): void {
    this.#socket.destroy();
  }

  #read(piece: Buffer): void {
    this.#heard = true;
    const exchange = this.#exchange;
    // Nobody asked for anything.
    if (exchange === undefined) return this.close();
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
