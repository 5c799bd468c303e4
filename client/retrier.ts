import type { Action } from '../protocol/requests.ts';
import { Alarm } from './alarm.ts';
import { Backoff } from './backoff.ts';
import type { Asked, Outcome } from './connection.ts';
import type { ReplyTo } from './frames.ts';
import type { Context } from './context.ts';

/**
 * One request at a time, repeated as its answers advise until it is answered for good: with a reply, or with a refusal
 * that says not to repeat it.
 */
export class Retrier {
  readonly #context: Context;
  readonly #again: () => void;
  readonly #alarm: Alarm;
  readonly #backoff: Backoff;
  /** The question that is under way: what was forgotten is answered to nobody, though on the same connection. */
  #busy: object | undefined;

  /** `again` is called when it is time to ask again: it decides what, as things stand then. */
  constructor(context: Context, again: () => void) {
    this.#context = context;
    this.#again = again;
    this.#alarm = new Alarm(context.clock);
    this.#backoff = new Backoff(context);
  }

  /** Whether an answer is awaited. */
  get busy(): boolean {
    return this.#busy !== undefined;
  }

  /** Whether no answer and no delay is awaited. */
  get free(): boolean {
    return !this.busy && !this.#alarm.isSet;
  }

  /**
   * Asks if it is free and a connection serves. `answered` gets the reply or the refusal, never a mere loss, unless
   * `repeatable` is false: then what was sent and has no answer is final too, and nothing is asked before it is known
   * as whom.
   */
  ask<A extends Action>(
    action: A,
    asked: Asked<A>,
    answered: (outcome: Outcome<ReplyTo<A>>) => void,
    repeatable = true,
  ): void {
    const connection = this.#context.link.current;
    if (!connection || !this.free || !(repeatable || connection.you)) return;
    const question = (this.#busy = {});
    const wanted = (): boolean => this.#busy === question;
    const settle = (outcome: Outcome<ReplyTo<A>>): void => {
      if (!wanted()) return;
      this.#busy = undefined;
      if (!isFinal(outcome, repeatable)) return this.#putOff(outcome);
      answered(outcome);
      if (!this.#alarm.isSet) this.#backoff.reset();
    };
    connection.request(action, asked, settle, { wanted });
  }

  /** Asks again, unless something is to be asked sooner, after a while that grows with each time in a row. */
  later(): void {
    this.#alarm.set(this.#backoff.next(), this.#again);
  }

  /** Asks again after this long, unless it is to be asked already. */
  within(milliseconds: number): void {
    if (this.free) this.#alarm.set(milliseconds, this.#again);
  }

  /** A delay is over, because another connection serves; an answer is still awaited. */
  nudge(): void {
    this.#alarm.clear();
    this.#again();
  }

  /** What was asked and what was put off is of no interest any more; what has not left yet does not leave. */
  forget(): void {
    this.#busy = undefined;
    this.#alarm.clear();
  }

  #putOff(outcome: Outcome<unknown>): void {
    const advice = outcome.error;
    const delay = this.#backoff.next();
    // The first time, `now` is meant as it is said; a server that never stops saying it is not followed.
    const atOnce = advice?.retry === 'now' && this.#backoff.attempts === 1;
    this.#alarm.set(atOnce ? 0 : Math.max(delay, advice?.retryAfterMs ?? 0), this.#again);
  }
}

function isFinal({ reply, error, sent }: Outcome<unknown>, repeatable: boolean): boolean {
  return reply !== undefined || error?.retry === 'no' || (sent === true && !repeatable);
}
