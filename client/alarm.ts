import type { Clock } from './platform.ts';

/** One timer that can be set again and cleared. */
export class Alarm {
  readonly #clock: Clock;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  get isSet(): boolean {
    return this.#cancel !== undefined;
  }

  /** Replaces what was set before. */
  set(milliseconds: number, task: () => void): void {
    this.clear();
    this.#cancel = this.#clock.after(milliseconds, () => {
      this.#cancel = undefined;
      task();
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
