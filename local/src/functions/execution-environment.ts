import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import type { FunctionModel } from '../model.ts';
import { hasProcessGroups, type KeptProcess, type ProcessExit, type ProcessKeeper } from '../processes.ts';
import { environmentVariables, type Surroundings } from './environment-variables.ts';
import {
  exited,
  notStarted,
  responseTooLarge,
  thrown,
  timedOut,
  type FunctionError,
} from './error-documents.ts';
import { forwardLines, type OutputSink } from './function-output.ts';
import { startRuntimeApi, type RuntimeApi } from './runtime-api.ts';

export type InvocationOutcome =
  | { readonly kind: 'answered'; readonly payload: string }
  | { readonly kind: 'failed'; readonly error: FunctionError };

export interface EnvironmentOptions {
  readonly model: FunctionModel;
  /** Asked at each cold start: the services' ports are known once they listen. */
  surroundings(): Surroundings;
  readonly keeper: ProcessKeeper;
  readonly clock: Clock;
  readonly ids: () => string;
  readonly output: OutputSink;
  /** For loading the code. */
  readonly initTimeoutMilliseconds: number;
  /** It asked for the next event: freeze it or hand one over. */
  onFree(): void;
  /** Its process has ended, by itself or not. */
  onGone(): void;
}

const bootstrap = fileURLToPath(new URL('runtime/bootstrap.mjs', import.meta.url));
const redirect = new URL('runtime/redirect.mjs', import.meta.url).href;

interface Current {
  readonly requestId: string;
  settle(outcome: InvocationOutcome): void;
}

/** One process that handles one event at a time, as an execution environment of Lambda does. */
export class ExecutionEnvironment {
  readonly #options: EnvironmentOptions;
  #api: RuntimeApi | undefined;
  #process: KeptProcess | undefined;
  #launch: Promise<void> | undefined;
  #settleInit: ((error: FunctionError | undefined) => void) | undefined;
  #current: Current | undefined;
  #latestRequestId: string | undefined;
  #frozen = false;
  #gone = false;
  #stopping = false;

  constructor(options: EnvironmentOptions) {
    this.#options = options;
  }

  /** The process's id, once it runs. */
  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Loads the handler. Settles with Lambda's error document when that fails, and never rejects for it. */
  async start(): Promise<FunctionError | undefined> {
    const { clock, initTimeoutMilliseconds, ids } = this.#options;
    const loaded = new Promise<FunctionError | undefined>((resolve) => {
      this.#settleInit = resolve;
    });
    const cancel = clock.after(initTimeoutMilliseconds, () => {
      this.#initSettled(timedOut(ids(), initTimeoutMilliseconds / 1000));
      this.kill();
    });
    this.#launch = this.#launchProcess().catch((error: unknown) => this.#notLaunched(error));
    return loaded.finally(cancel);
  }

  /** Only for an environment that is free. Settles when the function answered; `onFree` follows later. */
  run(requestId: string, payload: string): Promise<InvocationOutcome> {
    const { model, clock } = this.#options;
    this.#thaw();
    this.#latestRequestId = requestId;
    return new Promise((resolve) => {
      const cancel = clock.after(model.timeoutSeconds * 1000, () => this.#timedOut(requestId));
      this.#current = {
        requestId,
        settle(outcome) {
          cancel();
          resolve(outcome);
        },
      };
      // The function reads the machine's clock, whatever clock the local run is given.
      const deadline = Date.now() + model.timeoutSeconds * 1000;
      this.#api?.handOver({ requestId, functionArn: model.arn, deadline, payload });
    });
  }

  /** Stops the process where it is, so that nothing runs between two events. */
  freeze(): void {
    if (!hasProcessGroups || this.#frozen) return;
    this.#frozen = true;
    this.#process?.signal('SIGSTOP');
  }

  /** Ends it at once; an event that it handles is answered with Runtime.ExitError. */
  kill(): void {
    this.#process?.signal('SIGKILL');
  }

  /** Asks it to end, and ends it when it has not after the grace period. Settles when its process is gone. */
  async stop(graceMilliseconds: number): Promise<void> {
    this.#stopping = true;
    await this.#launch;
    this.#thaw();
    this.#process?.signal('SIGTERM');
    // On the machine's clock: a process does not end sooner because a test moved time.
    const timer = setTimeout(() => this.kill(), graceMilliseconds);
    await this.#process?.exited;
    clearTimeout(timer);
  }

  async #launchProcess(): Promise<void> {
    const { model, keeper, ids, clock, output } = this.#options;
    const surroundings = this.#options.surroundings();
    const api = await startRuntimeApi({
      next: () => this.#askedForNext(),
      response: (requestId, payload) => this.#answered(requestId, payload),
      error: (requestId, document) => this.#settle(requestId, { kind: 'failed', error: thrown(document) }),
      initError: (document) => this.#initSettled(thrown(document)),
    });
    this.#api = api;
    const day = new Date(clock.now()).toISOString().slice(0, 10).replaceAll('-', '/');
    const logStream = `${day}/[$LATEST]${ids().replaceAll('-', '')}`;
    const routes = new URLSearchParams(surroundings.redirects).toString();
    const child = await keeper.spawn(
      process.execPath,
      [...memoryFlags(model.memoryMegabytes), '--import', `${redirect}?${routes}`, bootstrap],
      {
        environment: environmentVariables(model, surroundings, api.address, logStream),
        directory: model.codeDirectory,
      },
    );
    this.#process = child;
    for (const stream of [child.stdout, child.stderr]) {
      forwardLines(stream, model.name, () => this.#latestRequestId, output);
    }
    void child.exited.then((exit) => this.#ended(exit));
  }

  #notLaunched(error: unknown): void {
    this.#api?.close();
    this.#initSettled(notStarted(error));
    this.#options.onGone();
  }

  #askedForNext(): void {
    if (this.#settleInit === undefined) this.#options.onFree();
    else this.#initSettled(undefined);
  }

  #answered(requestId: string, payload: string | undefined): void {
    this.#settle(
      requestId,
      payload === undefined ? { kind: 'failed', error: responseTooLarge() } : { kind: 'answered', payload },
    );
  }

  #timedOut(requestId: string): void {
    this.#interrupted(requestId, timedOut(requestId, this.#options.model.timeoutSeconds));
    this.kill();
  }

  #ended(exit: ProcessExit): void {
    this.#gone = true;
    this.#api?.close();
    this.#initSettled(exited(this.#options.ids(), exit));
    const requestId = this.#current?.requestId;
    if (requestId !== undefined) this.#interrupted(requestId, exited(requestId, exit));
    this.#options.onGone();
  }

  /** The function could not say it itself, so that the service writes it to the log, unless the stop is the reason. */
  #interrupted(requestId: string, error: FunctionError): void {
    this.#settle(requestId, { kind: 'failed', error });
    if (this.#stopping) return;
    const { clock, model, output } = this.#options;
    const time = new Date(clock.now()).toISOString();
    output({ functionName: model.name, requestId, text: `${time}\t${requestId}\tERROR\t${error.payload}` });
  }

  #settle(requestId: string, outcome: InvocationOutcome): void {
    if (this.#current?.requestId !== requestId) return;
    const current = this.#current;
    this.#current = undefined;
    current.settle(outcome);
  }

  #initSettled(error: FunctionError | undefined): void {
    this.#settleInit?.(error);
    this.#settleInit = undefined;
  }

  #thaw(): void {
    if (!this.#frozen || this.#gone) return;
    this.#frozen = false;
    this.#process?.signal('SIGCONT');
  }
}

/** Lambda's Node.js runtimes leave a tenth of the function's memory to everything but the heap. */
function memoryFlags(megabytes: number): string[] {
  return [`--max-old-space-size=${Math.floor(megabytes * 0.9)}`];
}
