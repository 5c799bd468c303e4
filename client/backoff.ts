import type { Surroundings } from './surroundings.ts';

/**
 * Delays with full jitter: anything from nothing to a ceiling that doubles with each, up to the cap.
 *
 * Clients that were all cut off at once come back spread over the whole time (AWS Architecture Blog, "Exponential
 * Backoff And Jitter").
 */
export class Backoff {
  readonly #context: Pick<Surroundings, 'random' | 'settings'>;
  #attempts = 0;

  constructor(context: Pick<Surroundings, 'random' | 'settings'>) {
    this.#context = context;
  }

  /** Delays given since the last reset. */
  get attempts(): number {
    return this.#attempts;
  }

  /** Milliseconds until the next attempt. */
  next(): number {
    const { backoffBaseMs, backoffCapMs } = this.#context.settings;
    return this.#context.random() * Math.min(backoffCapMs, backoffBaseMs * 2 ** this.#attempts++);
  }

  reset(): void {
    this.#attempts = 0;
  }
}
