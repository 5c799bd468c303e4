import type { AuthorizerContext } from '../../../lambdas/adapters/api-gateway/events.ts';
import { limits } from '../../../protocol/limits.ts';
import { byteLength } from '../../../protocol/codec.ts';
import type { Scheduler, Task } from '../kernel/scheduler.ts';
import { Pipe, type NetworkDependencies } from './network.ts';

/** The client's end of a socket, as the gateway reaches it over the network. */
export interface FarEnd {
  readonly client: string;
  opened(connectionId: string): void;
  refused(status: number): void;
  frame(text: string): void;
  closed(code: number): void;
}

/** API Gateway quotas. */
const idleMilliseconds = 10 * 60_000;
const longestMilliseconds = 2 * 60 * 60_000;

export interface LineEvents {
  /** It is over, as far as the gateway knows. */
  ended(line: Line, code: number): void;
  idle(line: Line): void;
  tooOld(line: Line): void;
  tooLarge(line: Line): void;
  /** So large that another entry might not have fitted in. */
  large(line: Line): void;
}

const largeUnits = limits.frameBytes / 2 - 4096;

/** One connection, as API Gateway holds it. */
export class Line {
  readonly id: string;
  readonly connectedAt: number;
  readonly far: FarEnd;
  /** To the gateway, and to the client. */
  readonly up: Pipe;
  readonly down: Pipe;
  /** What the authorizer said. */
  context: AuthorizerContext | undefined;
  state: 'opening' | 'open' | 'closed' = 'opening';
  /** Posts are answered 429 until then. */
  slowUntil = 0;
  readonly #scheduler: Scheduler;
  readonly #events: LineEvents;
  #touchedAt = 0;
  #idle: Task | undefined;
  #longest: Task | undefined;

  constructor(network: NetworkDependencies, id: string, far: FarEnd, events: LineEvents) {
    this.id = id;
    this.far = far;
    this.connectedAt = Math.floor(network.scheduler.now);
    this.up = new Pipe(network, `${id} up`);
    this.down = new Pipe(network, `${id} down`);
    this.#scheduler = network.scheduler;
    this.#events = events;
  }

  open(): void {
    this.state = 'open';
    this.#longest = this.#scheduler.after(longestMilliseconds, () => {
      this.#events.tooOld(this);
      this.close(1001);
    });
    this.touch();
    this.down.send(() => this.far.opened(this.id));
  }

  refuse(status: number): void {
    this.state = 'closed';
    this.down.send(() => this.far.refused(status));
  }

  /** A frame in either direction. */
  touch(): void {
    this.#touchedAt = this.#scheduler.now;
    this.#idle ??= this.#watchIdle(idleMilliseconds);
  }

  #watchIdle(milliseconds: number): Task {
    return this.#scheduler.after(milliseconds, () => {
      const left = this.#touchedAt + idleMilliseconds - this.#scheduler.now;
      if (left > 0) {
        this.#idle = this.#watchIdle(left);
        return;
      }
      this.#events.idle(this);
      this.close(1001);
    });
  }

  send(text: string): void {
    if (this.state !== 'open') return;
    if (text.length * 3 > limits.frameBytes && byteLength(text) > limits.frameBytes) {
      this.#events.tooLarge(this);
      return this.close(1009);
    }
    if (text.length > largeUnits) this.#events.large(this);
    this.touch();
    this.down.send(() => this.far.frame(text));
  }

  /** Closed by the gateway. */
  close(code: number): void {
    if (this.state !== 'open') return;
    this.down.send(() => this.far.closed(code));
    this.ended(code);
  }

  /** The gateway has learnt that it is over. */
  ended(code: number): void {
    if (this.state === 'closed') return;
    const wasOpen = this.state === 'open';
    this.state = 'closed';
    for (const task of [this.#idle, this.#longest]) if (task) task.cancelled = true;
    if (wasOpen) this.#events.ended(this, code);
  }
}
