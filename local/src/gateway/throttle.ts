import type { Clock } from '../clock.ts';
import type { StageModel, ThrottleModel } from '../model.ts';

/** Token bucket: full at first, one token a request, refilled steadily up to `burst`. */
class TokenBucket {
  readonly #model: ThrottleModel;
  readonly #clock: Clock;
  #tokens: number;
  #refilledAt: number;

  constructor(model: ThrottleModel, clock: Clock) {
    this.#model = model;
    this.#clock = clock;
    this.#tokens = model.burst;
    this.#refilledAt = clock.now();
  }

  take(): boolean {
    const now = this.#clock.now();
    const refill = ((now - this.#refilledAt) / 1000) * this.#model.requestsPerSecond;
    this.#tokens = Math.min(this.#model.burst, this.#tokens + refill);
    this.#refilledAt = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

/** The throttles of one stage: a route with its own is held to that alone, all others share the stage's. */
export class StageThrottle {
  readonly #shared: TokenBucket | undefined;
  readonly #byRoute: ReadonlyMap<string, TokenBucket>;

  constructor(stage: StageModel, clock: Clock) {
    this.#shared = stage.throttle && new TokenBucket(stage.throttle, clock);
    this.#byRoute = new Map(
      Object.entries(stage.routeThrottles).map(([routeKey, model]) => [
        routeKey,
        new TokenBucket(model, clock),
      ]),
    );
  }

  /** Takes one token for the route; false when there is none. */
  admits(routeKey: string): boolean {
    return (this.#byRoute.get(routeKey) ?? this.#shared)?.take() ?? true;
  }
}
