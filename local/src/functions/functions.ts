import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Callers } from '../authorization.ts';
import type { Clock } from '../clock.ts';
import type { FunctionInvoker, InvokeOptions, InvokeResult } from '../invoker.ts';
import { isRecord, parseJson } from '../json.ts';
import type { Log } from '../log.ts';
import type { FunctionModel } from '../model.ts';
import type { ProcessKeeper } from '../processes.ts';
import { Refusal } from '../refusal.ts';
import { AsynchronousInvocations } from './asynchronous-invocations.ts';
import { destinationFiles } from './destinations.ts';
import type { Surroundings } from './environment-variables.ts';
import type { FunctionError } from './error-documents.ts';
import type { OutputSink } from './function-output.ts';
import { FunctionPool } from './function-pool.ts';
import { watchProcessors, type WatchProcessors } from './processors.ts';
import { resourcePolicy, type ResourcePolicy } from './resource-policy.ts';

export interface FunctionsOptions {
  readonly functions: readonly FunctionModel[];
  /** Holds `queues/`. */
  readonly dataDirectory: string;
  readonly keeper: ProcessKeeper;
  readonly clock: Clock;
  readonly ids: () => string;
  readonly log: Log;
  readonly output: OutputSink;
  /** Whether functions may use their destinations; all may when absent. */
  readonly callers?: Callers | undefined;
  /** Asked at each cold start: the services' ports are known once they listen. */
  surroundings(): Surroundings;
  readonly limits?: Partial<FunctionLimits> | undefined;
  /** Tells whether another environment would find a processor; the machine's own unless given. */
  readonly watchProcessors?: WatchProcessors;
}

export interface FunctionLimits {
  /** Environments of one function at most. */
  readonly environmentsPerFunction: number;
  /**
   * An event that finds no free environment, while there are some, waits so long before a cold start begins: those that
   * are busy come back within milliseconds, and a start takes longer than this.
   */
  readonly patienceMilliseconds: number;
  /** After so long without an event an environment is removed. */
  readonly idleMilliseconds: number;
  /**
   * For loading the code. Lambda gives it ten seconds and, after those, once more the function's own time within the
   * first event; here a busy machine gets both at once.
   */
  readonly initMilliseconds: number;
}

const defaultLimits: FunctionLimits = {
  environmentsPerFunction: 10,
  patienceMilliseconds: 100,
  idleMilliseconds: 5 * 60_000,
  initMilliseconds: 30_000,
};

/** Functions that load at the same time at the start: loading is work for the processor alone. */
const loadsAtOnce = Math.max(2, availableParallelism());

export interface FoundFunction {
  readonly model: FunctionModel;
  readonly pool: FunctionPool;
  readonly policy: ResourcePolicy;
}

/** The functions of the template, each with its execution environments. */
export class Functions implements FunctionInvoker {
  readonly #found = new Map<string, FoundFunction>();
  readonly #asynchronous: AsynchronousInvocations;
  readonly #ids: () => string;
  readonly #log: Log;

  constructor(options: FunctionsOptions) {
    const limits = { ...defaultLimits, ...options.limits };
    const { clock, log, ids } = options;
    this.#ids = ids;
    this.#log = log;
    const destinations = destinationFiles(join(options.dataDirectory, 'queues'), log);
    this.#asynchronous = new AsynchronousInvocations({ clock, log, destinations, callers: options.callers });
    for (const model of options.functions) {
      const pool = new FunctionPool({
        ...options,
        model,
        surroundings: () => options.surroundings(),
        initTimeoutMilliseconds: limits.initMilliseconds,
        maximumEnvironments: limits.environmentsPerFunction,
        patienceMilliseconds: limits.patienceMilliseconds,
        idleMilliseconds: limits.idleMilliseconds,
        watchProcessors: options.watchProcessors ?? watchProcessors,
      });
      this.#found.set(model.name, { model, pool, policy: resourcePolicy(model.permissions) });
    }
  }

  /**
   * Starts one environment of each function, which the first event then finds warm.
   *
   * A function whose code cannot be loaded stops nothing as long as another's can: the log says why, and each of its events
   * is tried with a new environment and answered with the error, as in Lambda.
   *
   * @throws Refusal that names each function, and why, when the code of none can be loaded.
   */
  async load(): Promise<void> {
    const waiting = [...this.#found.values()];
    const failures: string[] = [];
    const loadNext = async (): Promise<void> => {
      for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
        const error = await next.pool.load();
        if (error !== undefined) failures.push(loadFailure(next.model, error));
      }
    };
    await Promise.all(Array.from({ length: loadsAtOnce }, loadNext));
    const sentences = failures.toSorted();
    if (sentences.length > 0 && sentences.length === this.#found.size)
      throw new Refusal(sentences.join('\n'));
    for (const sentence of sentences) this.#log(sentence);
  }

  async invoke(functionArn: string, payload: string, options: InvokeOptions = {}): Promise<InvokeResult> {
    const requestId = this.#ids();
    const found = this.find(functionArn);
    if (found === undefined) return { outcome: 'notFound', requestId };
    if (options.caller !== undefined && !found.policy(options.caller))
      return { outcome: 'denied', requestId };
    return found.pool.invoke(requestId, payload, options.source);
  }

  /** Accepts an event that nobody waits for; undefined when too many wait already. */
  invokeAsynchronously({ pool }: FoundFunction, payload: string): string | undefined {
    const requestId = this.#ids();
    return this.#asynchronous.accept(pool, requestId, payload) ? requestId : undefined;
  }

  /** By name, ARN or partial ARN (`account:function:name`), with or without `:$LATEST`. */
  find(reference: string): FoundFunction | undefined {
    const [, scope, name = ''] = /^(?:(.*):function:|function:)?([^:]+)(?::\$LATEST)?$/.exec(reference) ?? [];
    const found = this.#found.get(name);
    if (found === undefined || scope === undefined) return found;
    const { arn } = found.model;
    const asked = `${scope}:function:${name}`;
    return arn === asked || arn.endsWith(`:${asked}`) ? found : undefined;
  }

  /** Process ids of all environments. */
  get pids(): number[] {
    return [...this.#found.values()].flatMap(({ pool }) => pool.pids);
  }

  /** Settles when every environment is gone. */
  async stop(): Promise<void> {
    this.#asynchronous.stop();
    await Promise.all([...this.#found.values()].map(({ pool }) => pool.stop()));
  }
}

function loadFailure(model: FunctionModel, error: FunctionError): string {
  const parsed = parseJson(error.payload);
  const message = isRecord(parsed) ? String(parsed['errorMessage']) : error.payload;
  return `Function ${model.logicalId} (${model.handler} in ${model.codeDirectory}) fails while it loads: ${error.errorType}: ${message}`;
}
