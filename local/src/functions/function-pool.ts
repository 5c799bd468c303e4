import type { InvokeResult } from '../invoker.ts';
import type { FunctionModel } from '../model.ts';
import type { FunctionError } from './error-documents.ts';
import type { WatchProcessors } from './processors.ts';
import { FairQueue } from './fair-queue.ts';
import {
  ExecutionEnvironment,
  type EnvironmentOptions,
  type InvocationOutcome,
} from './execution-environment.ts';

export type PoolOptions = Omit<EnvironmentOptions, 'onFree' | 'onGone'> & {
  /** Environments of one function at most; events beyond wait. */
  readonly maximumEnvironments: number;
  /** How long an event waits for one of several environments before another is started. */
  readonly patienceMilliseconds: number;
  /** An environment without an event for so long is removed. */
  readonly idleMilliseconds: number;
  readonly watchProcessors: WatchProcessors;
};

/** Concurrent executions of an account's Region by default. Source: "Lambda quotas". */
const accountConcurrency = 1_000;

/**
 * Cold starts of one function at the same time: on one machine more of them only slow each other down, and the first that
 * is ready takes most of a burst.
 */
const startsAtOnce = 2;

/**
 * An environment that starts takes processor time from those that run. While less than this share of the processors is
 * idle, none is started, as long as events are being answered.
 */
const leastIdleShare = 0.1;

/**
 * After this many periods of `patienceMilliseconds` in a row in which no event was answered, an environment is started
 * although the processors are busy. Handlers that wait for each other would otherwise wait for ever.
 */
const longestSilence = 10;

/** From SIGTERM to SIGKILL. */
const graceMilliseconds = 300;

interface Waiting {
  readonly requestId: string;
  readonly payload: string;
  readonly resolve: (result: InvokeResult) => void;
}

/** The execution environments of one function, and the events that wait for one. */
export class FunctionPool {
  readonly model: FunctionModel;
  readonly #options: PoolOptions;
  readonly #environments = new Set<ExecutionEnvironment>();
  /** A stack: the environment used last is used next, so that the others stay idle and are removed. */
  readonly #free: { readonly environment: ExecutionEnvironment; cancelRemoval(): void }[] = [];
  readonly #waiting = new FairQueue<Waiting>();
  #starting = 0;
  #unanswered = 0;
  /** Events answered since the start. */
  #answered = 0;
  /** Periods of `patienceMilliseconds` in a row, up to now, in which no event was answered. */
  #silence = 0;
  #growth: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(options: PoolOptions) {
    this.#options = options;
    this.model = options.model;
  }

  /** Process ids of the environments that run now. */
  get pids(): number[] {
    return [...this.#environments].flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  }

  /**
   * Waits for an environment, starting one when none is free. Sources that wait take turns.
   *
   * Throttled when as many events as the function's concurrency (its reserved one, else the account's 1,000) are
   * unanswered already.
   */
  async invoke(requestId: string, payload: string, source?: string): Promise<InvokeResult> {
    const concurrency = this.model.reservedConcurrency ?? accountConcurrency;
    if (this.#stopped || this.#unanswered >= concurrency) return { outcome: 'throttled', requestId };
    this.#unanswered += 1;
    try {
      return await new Promise<InvokeResult>((resolve) => {
        this.#waiting.push({ requestId, payload, resolve }, source);
        this.#distribute();
      });
    } finally {
      this.#unanswered -= 1;
      this.#answered += 1;
    }
  }

  /** Starts one environment, so that code that cannot be loaded is found before an event needs it. */
  load(): Promise<FunctionError | undefined> {
    return this.#startEnvironment();
  }

  /** Ends every environment; events that wait or run are answered as failed. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#growth);
    for (const free of this.#free.splice(0)) free.cancelRemoval();
    for (const waiting of this.#waiting.drain()) {
      waiting.resolve({ outcome: 'throttled', requestId: waiting.requestId });
    }
    await Promise.all([...this.#environments].map((environment) => environment.stop(graceMilliseconds)));
  }

  #distribute(): void {
    while (this.#waiting.length > 0 && this.#free.length > 0) this.#runOnFree();
    if (this.#waiting.length === 0) return;
    if (this.#environments.size === 0) this.#grow();
    else if (this.#growth === undefined) this.#awaitGrowth();
  }

  #awaitGrowth(): void {
    const idleShare = this.#options.watchProcessors();
    const before = this.#answered;
    // On the machine's clock: how long an environment takes to come back is a matter of the machine.
    this.#growth = setTimeout(() => {
      this.#growth = undefined;
      if (this.#waiting.length === 0) return;
      this.#silence = this.#answered > before ? 0 : this.#silence + 1;
      if (idleShare() < leastIdleShare && this.#silence < longestSilence) this.#awaitGrowth();
      else this.#grow();
    }, this.#options.patienceMilliseconds);
  }

  #grow(): void {
    this.#silence = 0;
    const wanted = Math.min(this.#waiting.length, startsAtOnce) - this.#starting;
    const room = this.#maximumEnvironments() - this.#environments.size;
    for (let started = 0; started < Math.min(wanted, room); started += 1) void this.#startForWaiting();
  }

  #maximumEnvironments(): number {
    return Math.min(this.model.reservedConcurrency ?? Infinity, this.#options.maximumEnvironments);
  }

  #runOnFree(): void {
    const free = this.#free.pop();
    const next = this.#waiting.shift();
    if (free === undefined || next === undefined) return;
    free.cancelRemoval();
    void this.#run(free.environment, next);
  }

  async #run(environment: ExecutionEnvironment, { requestId, payload, resolve }: Waiting): Promise<void> {
    resolve(invokeResult(requestId, await environment.run(requestId, payload)));
  }

  /** An event whose environment cannot be started gets the reason as its answer. */
  async #startForWaiting(): Promise<void> {
    const error = await this.#startEnvironment();
    const next = error === undefined ? undefined : this.#waiting.shift();
    if (error !== undefined && next !== undefined) {
      this.#logFailedStart(next.requestId, error);
      next.resolve(invokeResult(next.requestId, { kind: 'failed', error }));
    }
    this.#distribute();
  }

  /** Code that does not load cannot name the event that waits for it. */
  #logFailedStart(requestId: string, { payload }: FunctionError): void {
    const { clock, output } = this.#options;
    const text = `${new Date(clock.now()).toISOString()}\t${requestId}\tERROR\tInit Error\t${payload}`;
    output({ functionName: this.model.name, requestId, text });
  }

  async #startEnvironment(): Promise<FunctionError | undefined> {
    const environment = new ExecutionEnvironment({
      ...this.#options,
      onFree: () => this.#release(environment),
      onGone: () => this.#forget(environment),
    });
    this.#environments.add(environment);
    this.#starting += 1;
    const error = await environment.start();
    this.#starting -= 1;
    if (error !== undefined) environment.kill();
    else this.#release(environment);
    return error;
  }

  #release(environment: ExecutionEnvironment): void {
    if (this.#stopped || !this.#environments.has(environment)) return;
    const cancelRemoval = this.#options.clock.after(this.#options.idleMilliseconds, () =>
      this.#remove(environment),
    );
    this.#free.push({ environment, cancelRemoval });
    if (this.#waiting.length > 0) this.#distribute();
    else environment.freeze();
  }

  #remove(environment: ExecutionEnvironment): void {
    this.#forget(environment);
    environment.kill();
  }

  #forget(environment: ExecutionEnvironment): void {
    this.#environments.delete(environment);
    const index = this.#free.findIndex((free) => free.environment === environment);
    if (index >= 0) this.#free.splice(index, 1)[0]?.cancelRemoval();
    if (!this.#stopped) this.#distribute();
  }
}

function invokeResult(requestId: string, outcome: InvocationOutcome): InvokeResult {
  if (outcome.kind === 'answered') return { outcome: 'success', requestId, payload: outcome.payload };
  return { outcome: 'functionError', requestId, ...outcome.error };
}
