import type { RequestInput } from '../../protocol/requests.ts';
import type { Received } from './frames.ts';

export interface RequestPorts {
  /** Sends a frame. */
  readonly send: (text: string) => void;
  /** A fresh id. */
  readonly newId: () => string;
}

/** The requests of one connection that are not answered yet. */
export class Requests {
  readonly #ports: RequestPorts;
  readonly #waiting = new Map<string, (frame: Received | undefined) => void>();

  constructor(ports: RequestPorts) {
    this.#ports = ports;
  }

  /** Sends a request; the promise is its answer, or undefined when the connection ended before. */
  async ask(request: RequestInput): Promise<Received | undefined> {
    const id = this.#ports.newId();
    const answer = new Promise<Received | undefined>((settle) => this.#waiting.set(id, settle));
    this.#ports.send(JSON.stringify({ ...request, id }));
    return await answer;
  }

  /** Settles the request that a frame answers, if it answers one. */
  settle(frame: Received): void {
    // The gateway's own frame names no request: the oldest one is the likeliest.
    const id = frame.type === 'gateway' ? [...this.#waiting.keys()][0] : 'id' in frame ? frame.id : undefined;
    if (id === undefined) return;
    this.#waiting.get(id)?.(frame);
    this.#waiting.delete(id);
  }

  /** No answer will come any more. */
  end(): void {
    for (const settle of this.#waiting.values()) settle(undefined);
    this.#waiting.clear();
  }
}
