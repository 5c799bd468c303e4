import type { Action } from '../protocol/requests.ts';
import { Alarm } from './alarm.ts';
import type { Asked } from './connection.ts';
import { ClientError, clientClosed, queueFull, refusal, unknown } from './errors.ts';
import type { ReplyTo } from './frames.ts';
import type { Context } from './context.ts';
import { Retrier } from './retrier.ts';

interface Call {
  readonly retrier: Retrier;
  reject(error: ClientError): void;
}

/**
 * Requests that an app makes one by one: sent when there is a connection, repeated as the answers advise, and given up
 * after `requestTimeoutMs`.
 */
export class Calls {
  readonly #context: Context;
  readonly #calls = new Set<Call>();

  constructor(context: Context) {
    this.#context = context;
  }

  /**
   * Resolves to the reply, and rejects with a `ClientError`.
   *
   * `repeatable` tells whether it may be sent again when it is not known whether it was done. To close a conversation
   * twice would close what a guest has reopened in between.
   */
  make<A extends Action>(action: A, asked: Asked<A>, repeatable: boolean): Promise<ReplyTo<A>> {
    const { maxCalls, requestTimeoutMs } = this.#context.settings;
    if (this.#calls.size >= maxCalls) return Promise.reject(queueFull(maxCalls));
    return new Promise((resolve, reject) => {
      const deadline = new Alarm(this.#context.clock);
      const end = (): void => {
        this.#calls.delete(call);
        deadline.clear();
        retrier.forget();
      };
      const call: Call = {
        retrier: new Retrier(this.#context, () => ask()),
        reject(error) {
          end();
          reject(error);
        },
      };
      const { retrier } = call;
      const ask = (): void =>
        retrier.ask(
          action,
          asked,
          ({ reply, error }) => {
            if (error) return call.reject(refusal(error));
            if (!reply) return call.reject(unknown());
            end();
            resolve(reply);
          },
          repeatable,
        );
      this.#calls.add(call);
      deadline.set(requestTimeoutMs, () => {
        const late = new ClientError('TIMEOUT', `No answer in ${requestTimeoutMs} ms.`);
        call.reject(retrier.busy && !repeatable ? unknown() : late);
      });
      ask();
    });
  }

  /** A connection serves, or it is known as whom: what waits is sent. */
  sendWaiting(): void {
    for (const { retrier } of this.#calls) retrier.nudge();
  }

  close(): void {
    for (const call of this.#calls) call.reject(clientClosed());
  }
}
