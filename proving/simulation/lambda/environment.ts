import type { Log, World } from '../../../lambdas/core/ports.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';

export interface EnvironmentDependencies {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  /** Milliseconds by which this environment's clock is wrong. */
  readonly skew: number;
  /** An error that no decision foresaw was logged. */
  readonly fault: (reason: string) => void;
}

/**
 * One execution environment of a function: it keeps what the function remembers, runs one invocation at a time, is
 * frozen between two of them, and may be killed wherever its code waits for something.
 *
 * Everything that its code awaits goes `through` it. What a frozen environment awaits arrives when it is thawed; what a
 * killed one awaits never does.
 */
export class Environment {
  readonly name: string;
  readonly #deps: EnvironmentDependencies;
  readonly #heldBack: (() => void)[] = [];
  #state: 'idle' | 'busy' | 'dead' = 'idle';
  #underWay = 0;
  #killed: (() => void) | undefined;
  #ids = 0;

  constructor(name: string, deps: EnvironmentDependencies) {
    this.name = name;
    this.#deps = deps;
  }

  get isIdle(): boolean {
    return this.#state === 'idle';
  }

  /** Runs an invocation; `killed` is called if it dies. What was held back while frozen arrives first. */
  start(killed: () => void): void {
    this.#state = 'busy';
    this.#killed = killed;
    for (const arrive of this.#heldBack.splice(0)) arrive();
  }

  /** The function has answered: from now on nothing of it runs. */
  freeze(): void {
    if (this.#state !== 'busy') return;
    if (this.#underWay > 0) this.#deps.faults.count('F28 environment frozen with work pending', this.name);
    this.#state = 'idle';
    this.#killed = undefined;
  }

  kill(): void {
    const killed = this.#killed;
    this.#state = 'dead';
    this.#killed = undefined;
    killed?.();
  }

  /** What the code asks of the outside: the request leaves, and its answer comes back, only while it is alive. */
  readonly through = <T>(request: () => Promise<T>): Promise<T> =>
    new Promise((resolve, reject) => {
      this.#whenRunning(() => {
        if (this.#dies()) return;
        this.#underWay++;
        request().then(
          (value) => this.#arrive(() => resolve(value)),
          (error: unknown) =>
            this.#arrive(() => reject(error instanceof Error ? error : new Error(String(error)))),
        );
      });
    });

  readonly world: World = {
    now: () => new Date(this.#deps.scheduler.now + this.#deps.skew),
    sleep: (milliseconds) => this.through(() => this.#deps.scheduler.sleep(milliseconds)),
    random: () => this.#deps.random.next(),
    newId: () => `${this.name}-${++this.#ids}`,
  };

  /** Keeps nothing but what must never be written: a fault of ours. */
  readonly log: Log = {
    write: (level, event, fields) => {
      const unforeseen = event === 'failed' || event === 'event failed';
      if (level === 'error' && unforeseen && fields?.['error'] !== 'Unavailable') {
        this.#deps.fault(`${this.name}: ${String(fields?.['reason'])}`);
      }
    },
    with: () => this.log,
  };

  #arrive(deliver: () => void): void {
    this.#whenRunning(() => {
      this.#underWay--;
      if (!this.#dies()) deliver();
    });
  }

  #whenRunning(run: () => void): void {
    if (this.#state === 'busy') run();
    else if (this.#state === 'idle') this.#heldBack.push(run);
  }

  #dies(): boolean {
    if (!this.#deps.faults.strikes('F1 invocation killed at an await', this.name)) return false;
    this.kill();
    return true;
  }
}
