import { denialMessage, type Call, type Callers } from '../authorization.ts';
import type { Clock } from '../clock.ts';
import type { InvokeResult } from '../invoker.ts';
import { parseJson } from '../json.ts';
import type { Log } from '../log.ts';
import type { Destinations } from './destinations.ts';
import type { FunctionPool } from './function-pool.ts';

export interface AsynchronousOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly destinations: Destinations;
  /** Whether a function's role admits to its destination; all do when absent. */
  readonly callers?: Callers | undefined;
}

interface AcceptedEvent {
  readonly pool: FunctionPool;
  readonly requestId: string;
  readonly payload: string;
  readonly acceptedAt: number;
  /** Times that the function was run for it. */
  attempts: number;
  /** Times in a row that it was throttled. */
  throttles: number;
}

type FailureCondition = 'RetriesExhausted' | 'EventAgeExceeded';

/** Source: "How Lambda handles errors and retries with asynchronous invocation". */
const retryDelays = [60_000, 120_000];
const throttleDelay = { first: 1_000, longest: 300_000 };

/** Events beyond are throttled, so that a loop of functions cannot fill the memory. */
const maximumEvents = 10_000;

/** Events that nobody waits for: retried after errors, later sent to the function's on-failure destination. */
export class AsynchronousInvocations {
  readonly #options: AsynchronousOptions;
  readonly #events = new Set<AcceptedEvent>();
  readonly #timers = new Set<() => void>();
  #stopped = false;

  constructor(options: AsynchronousOptions) {
    this.#options = options;
  }

  /** False when too many events wait already. */
  accept(pool: FunctionPool, requestId: string, payload: string): boolean {
    if (this.#stopped || this.#events.size >= maximumEvents) return false;
    const event = {
      pool,
      requestId,
      payload,
      acceptedAt: this.#options.clock.now(),
      attempts: 0,
      throttles: 0,
    };
    this.#events.add(event);
    void this.#attempt(event);
    return true;
  }

  /** Drops what is not done and says so: unlike in AWS, events do not outlive the run. */
  stop(): void {
    this.#stopped = true;
    for (const cancel of this.#timers) cancel();
    this.#timers.clear();
    for (const { pool, requestId } of this.#events) {
      this.#options.log(`Dropped at the stop: event ${requestId} that ${pool.model.name} had accepted.`);
    }
    this.#events.clear();
  }

  async #attempt(event: AcceptedEvent): Promise<void> {
    const result = await event.pool.invoke(event.requestId, event.payload);
    if (this.#stopped) return;
    if (result.outcome === 'throttled') return this.#throttled(event, result);
    event.attempts += 1;
    event.throttles = 0;
    if (result.outcome === 'success') return void this.#events.delete(event);
    const { maximumRetryAttempts } = event.pool.model.asynchronous;
    if (event.attempts > maximumRetryAttempts) return this.#failed(event, 'RetriesExhausted', result);
    return this.#retry(event, retryDelays[event.attempts - 1] ?? 120_000, result);
  }

  #throttled(event: AcceptedEvent, result: InvokeResult): void {
    const delay = Math.min(throttleDelay.first * 2 ** event.throttles, throttleDelay.longest);
    event.throttles += 1;
    this.#retry(event, delay, result);
  }

  #retry(event: AcceptedEvent, delay: number, result: InvokeResult): void {
    const { clock } = this.#options;
    const age = clock.now() + delay - event.acceptedAt;
    if (age > event.pool.model.asynchronous.maximumEventAgeSeconds * 1000) {
      return this.#failed(event, 'EventAgeExceeded', result);
    }
    const cancel = clock.after(delay, () => {
      this.#timers.delete(cancel);
      void this.#attempt(event);
    });
    return void this.#timers.add(cancel);
  }

  #failed(event: AcceptedEvent, condition: FailureCondition, result: InvokeResult): void {
    this.#events.delete(event);
    const { name, asynchronous } = event.pool.model;
    if (asynchronous.onFailure === undefined) {
      return this.#options.log(
        `Event ${event.requestId} of ${name} is given up: ${condition}, and no destination.`,
      );
    }
    const { callers, clock, destinations, log } = this.#options;
    const denial = callers?.roleOf(event.pool.model.arn)?.denialOf(sending(asynchronous.onFailure));
    if (denial !== undefined) return log(`Event ${event.requestId} is lost: ${denialMessage(denial)}.`);
    const record = failureRecord(event, condition, result, clock.now());
    return destinations.deliver(asynchronous.onFailure, record);
  }
}

/** Lambda sends with the function's own rights. */
function sending(destinationArn: string): Call {
  const action = destinationArn.includes(':sns:') ? 'sns:Publish' : 'sqs:SendMessage';
  return { action, resource: destinationArn };
}

/** Source: "Capturing records of Lambda asynchronous invocations", example invocation record. */
function failureRecord(
  event: AcceptedEvent,
  condition: FailureCondition,
  result: InvokeResult,
  now: number,
): unknown {
  const answered = result.outcome === 'functionError';
  return {
    version: '1.0',
    timestamp: new Date(now).toISOString(),
    requestContext: {
      requestId: event.requestId,
      functionArn: `${event.pool.model.arn}:$LATEST`,
      condition,
      approximateInvokeCount: event.attempts,
    },
    requestPayload: parseJson(event.payload),
    ...(answered && {
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: parseJson(result.payload),
    }),
  };
}
