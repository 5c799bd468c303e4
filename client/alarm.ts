import type { Clock } from './platform.ts';

/**
 * How late an alarm has to be for the page to have been frozen (asleep, in the background, behind an `alert`), and the
 * grace it then gives. A browser fires the timers of a page in the background up to a second late all the time.
 */
const graceMs = 1000;

/**
 * One timer that can be set again and cleared.
 *
 * After a freeze overdue timers may fire before what came in the meantime is handled, and would take it for missing. So
 * an alarm that fires more than `graceMs` late waits for `graceMs` more; only once, since where timers are always late
 * it would never fire.
 */
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
    const fire = (): void => {
      this.#cancel = undefined;
      task();
    };
    const latest = this.#clock.now() + milliseconds + graceMs;
    this.#cancel = this.#clock.after(milliseconds, () => {
      if (this.#clock.now() > latest) this.#cancel = this.#clock.after(graceMs, fire);
      else fire();
    });
  }

  clear(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }
}
