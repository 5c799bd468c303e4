import type { Dependencies } from '../../../lambdas/core/dependencies.ts';
import { functionRows, type FunctionName } from '../../../lib/function-rows.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import { Environment } from './environment.ts';
import { dependenciesOf, entries, type Handler, type Outside, type Variation } from './functions.ts';

/** What became of an invocation. */
export type Invoked =
  | { readonly kind: 'answered'; readonly value: unknown }
  /** The function threw. */
  | { readonly kind: 'threw'; readonly error: Error }
  /** The environment died, or its time was up. */
  | { readonly kind: 'died' };

export interface FleetDependencies {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  readonly variation: Variation;
  readonly fault: (reason: string) => void;
  outside(environment: Environment): Outside;
}

interface Warm {
  readonly environment: Environment;
  readonly handler: Handler;
  hotel: string | undefined;
}

const coldStartMilliseconds = 140;
const overheadMilliseconds = 4;
const usualTimeoutSeconds = 10;
/** Clocks are wrong by this much at most, and by so much when nothing is the matter. */
export const worstSkew = 600_000;
const usualSkew = 20;

/** All execution environments of all functions. */
export class Fleet {
  readonly #deps: FleetDependencies;
  #warm = new Map<FunctionName, Warm[]>();
  #made = 0;

  constructor(deps: FleetDependencies) {
    this.#deps = deps;
  }

  /** Runs a function in an idle environment, or in a new one. `hotel`: whose event it is, for the count alone. */
  async invoke(name: FunctionName, event: unknown, hotel: string): Promise<Invoked> {
    const { scheduler, random, faults } = this.#deps;
    const warm = this.#idle(name) ?? this.#make(name);
    if (warm.hotel !== undefined && warm.hotel !== hotel) {
      faults.count('F30 environment used by another hotel', warm.environment.name);
    }
    const cold = warm.hotel === undefined;
    warm.hotel = hotel;
    const seconds = functionRows[name].timeoutSeconds ?? usualTimeoutSeconds;
    return new Promise((resolve) => {
      warm.environment.start(() => {
        this.#forget(name, warm);
        scheduler.after(random.latency(overheadMilliseconds), () => resolve({ kind: 'died' }));
      });
      const start = (): void => {
        const timeout = scheduler.after(seconds * 1000, () => warm.environment.kill());
        const end = (invoked: Invoked): void => {
          timeout.cancelled = true;
          warm.environment.freeze();
          resolve(invoked);
        };
        warm.handler(event).then(
          (value) => end({ kind: 'answered', value }),
          (error: unknown) =>
            end({ kind: 'threw', error: error instanceof Error ? error : new Error(String(error)) }),
        );
      };
      scheduler.after(random.latency(cold ? coldStartMilliseconds : overheadMilliseconds), start);
    });
  }

  /** A deployment: no environment that is idle now serves again, and the busy ones serve their last. */
  replaceAll(): void {
    this.#warm = new Map();
  }

  #idle(name: FunctionName): Warm | undefined {
    const idle = (this.#warm.get(name) ?? []).filter(({ environment }) => environment.isIdle);
    return idle.length === 0 ? undefined : this.#deps.random.pick(idle);
  }

  #make(name: FunctionName): Warm {
    const { random, faults, variation, fault, scheduler } = this.#deps;
    const label = `${name}-${++this.#made}`;
    const wrong = faults.strikes('F16 clock wrong', label) ? worstSkew : usualSkew;
    const environment = new Environment(label, {
      scheduler,
      random,
      faults,
      fault,
      skew: Math.round(random.between(-wrong, wrong)),
    });
    const plain = dependenciesOf(environment, this.#deps.outside(environment));
    const deps: Dependencies = variation.dependencies?.(plain, environment) ?? plain;
    const handler = entries[name](deps);
    const warm = {
      environment,
      handler: variation.handler?.(name, handler, deps) ?? handler,
      hotel: undefined,
    };
    this.#warm.set(name, [...(this.#warm.get(name) ?? []), warm]);
    return warm;
  }

  #forget(name: FunctionName, warm: Warm): void {
    this.#warm.set(
      name,
      (this.#warm.get(name) ?? []).filter((each) => each !== warm),
    );
  }
}
