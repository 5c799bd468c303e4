/**
 * How fast frames may leave: a bucket of `burst` that refills by `perSecond`, so that a client with many subscriptions
 * does not come in one burst after a reconnect. A `RATE_LIMITED`, which no server sends yet, stops all of it.
 */
export class Pacer {
  readonly #perSecond: number;
  readonly #burst: number;
  #level: number;
  #at: number;
  #pausedAt = 0;
  #pausedUntil = 0;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#level = burst;
    this.#at = now;
  }

  /** 0 and the frame may leave; or the milliseconds after which to ask again. */
  take(now: number): number {
    // A clock that was set back makes no pause longer.
    if (now >= this.#pausedAt && now < this.#pausedUntil) return this.#pausedUntil - now;
    // A clock that was set back refills nothing.
    this.#level = Math.min(this.#burst, this.#level + (Math.max(0, now - this.#at) / 1000) * this.#perSecond);
    this.#at = now;
    if (this.#level >= 1) {
      this.#level--;
      return 0;
    }
    return Math.ceil(((1 - this.#level) / this.#perSecond) * 1000);
  }

  /** Nothing leaves for so long. */
  pause(milliseconds: number, now: number): void {
    if (now < this.#pausedAt) this.#pausedUntil = 0;
    this.#pausedAt = now;
    this.#pausedUntil = Math.max(this.#pausedUntil, now + milliseconds);
  }
}
