export interface MessageShareOptions {
  /** Messages that may be unanswered at the same time. */
  readonly most: number;
  /** Settles when the message is answered, or when it is certain that it will not be. */
  readonly handle: (body: string) => Promise<void>;
  /** Stops and goes on reading from the client. */
  readonly pause: () => void;
  readonly resume: () => void;
}

/**
 * Bounds how many messages of one connection are unanswered at the same time. Further messages wait here, in their order.
 * The client is not read from until they have been handed on, so that no more wait than one read from the socket holds.
 */
export class MessageShare {
  readonly #options: MessageShareOptions;
  #waiting: string[] = [];
  #unanswered = 0;
  #paused = false;
  #ended = false;

  constructor(options: MessageShareOptions) {
    this.#options = options;
  }

  take(body: string): void {
    this.#waiting.push(body);
    this.#handOn();
  }

  /** Forgets what waits: its connection has ended. What still comes is read, so that the client's close frame is seen. */
  end(): void {
    this.#ended = true;
    this.#waiting = [];
    this.#setPaused(false);
  }

  #handOn(): void {
    while (this.#unanswered < this.#options.most) {
      const body = this.#waiting.shift();
      if (body === undefined) break;
      this.#unanswered += 1;
      void this.#options.handle(body).finally(() => {
        this.#unanswered -= 1;
        this.#handOn();
      });
    }
    if (!this.#ended) this.#setPaused(this.#waiting.length > 0);
  }

  #setPaused(paused: boolean): void {
    if (paused === this.#paused) return;
    this.#paused = paused;
    if (paused) this.#options.pause();
    else this.#options.resume();
  }
}
