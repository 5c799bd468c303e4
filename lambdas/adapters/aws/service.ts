import type { HttpResponse } from './response-reader.ts';
import { RequestSigner, type Credentials, type Signable } from './signature.ts';
import { Sockets } from './sockets.ts';

export interface ServiceOptions {
  /** Address of the service; of its path nothing is used. */
  readonly endpoint: string;
  /** The service's name in signatures. */
  readonly service: string;
  readonly region: string;
  readonly credentials: Credentials;
  /** What one attempt may take, in milliseconds. */
  readonly attemptMilliseconds: number;
}

/**
 * A service of AWS: signed requests over kept-alive sockets. Whoever calls it decides what an answer means and whether
 * to try again.
 */
export class Service {
  readonly #signer: RequestSigner;
  readonly #sockets: Sockets;
  readonly #attemptMilliseconds: number;

  constructor({ endpoint, service, region, credentials, attemptMilliseconds }: ServiceOptions) {
    const base = new URL(endpoint);
    this.#signer = new RequestSigner({ service, region, host: base.host, credentials });
    this.#sockets = new Sockets(base);
    this.#attemptMilliseconds = attemptMilliseconds;
  }

  /** One attempt, beginning with 1; any but the first goes over a new socket. Rejects with `NoAnswer`. */
  request(signable: Signable, attempt: number): Promise<HttpResponse> {
    const { method, path, payload } = signable;
    const head = `${method} ${path} HTTP/1.1\r\n${this.#signer.headerLines(signable, new Date())}`;
    const request = `${head}content-length: ${payload.bytes}\r\n\r\n${payload.text}`;
    return this.#sockets.exchange(request, this.#attemptMilliseconds, { fresh: attempt > 1 });
  }

  /** Closes the sockets that nobody uses. */
  close(): void {
    this.#sockets.close();
  }
}
