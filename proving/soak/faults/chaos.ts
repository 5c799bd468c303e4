import type { Random } from '../../simulation/kernel/random.ts';
import type { Member } from '../clients/member.ts';
import type { Service } from '../service.ts';
import type { FaultCounts, PlannedFault } from './kinds.ts';
import type { Planned } from './plan.ts';
import type { FaultProxy } from './proxy.ts';

export interface ChaosDependencies {
  readonly random: Random;
  readonly counts: FaultCounts;
  readonly proxy: FaultProxy;
  readonly members: readonly Member[];
  readonly departments: readonly string[];
  /** Absent where the service is not ours to kill. */
  readonly service: Service | undefined;
  /** Something was wrong that no fault explains. */
  readonly unforeseen: (reason: string) => void;
  /** How many of the next requests for a token are refused. */
  readonly refuseTokens: (times: number) => void;
}

/** A fault that found nothing to hurt is tried again after this. */
const againMilliseconds = 400;

/** Does what is planned, when it is due. */
export class Chaos {
  readonly #deps: ChaosDependencies;
  readonly #timers = new Set<NodeJS.Timeout>();
  /** The service is stopped, killed or started by one fault at a time. */
  #service: Promise<void> = Promise.resolve();
  #over = false;

  constructor(deps: ChaosDependencies, plan: readonly Planned[]) {
    this.#deps = deps;
    for (const { at, kind } of plan) this.#after(at, () => this.#strike(kind));
  }

  /** Nothing more goes wrong; settles when the service answers, and nothing is held back any more. */
  async end(): Promise<void> {
    this.#over = true;
    for (const timer of this.#timers) clearTimeout(timer);
    await this.#service;
    this.#deps.proxy.refusing = false;
    this.#deps.proxy.endHeld();
  }

  #strike(kind: PlannedFault): void {
    if (this.#effects[kind]()) return;
    this.#after(againMilliseconds, () => this.#strike(kind));
  }

  /** Each returns whether there was something to hurt. Those of the service count when they have come about. */
  readonly #effects: Readonly<Record<PlannedFault, () => boolean>> = {
    'socket reset': () => this.#onTunnel('socket reset', (tunnel) => tunnel.reset()),
    'F10 socket half open': () =>
      this.#onTunnel('F10 socket half open', (tunnel) =>
        tunnel.hold(this.#deps.random.pick(['both', 'both', 'up', 'down'])),
      ),
    'network stalled': () =>
      this.#onTunnel('network stalled', (tunnel) => tunnel.stall(this.#deps.random.between(500, 9000))),
    'F15 connection cut before the answer': () => {
      const waiting = this.#deps.members.flatMap(({ sockets }) => sockets.filter((it) => it.awaitsAnswer));
      return this.#onOne('F15 connection cut before the answer', waiting, (socket) => socket.cut());
    },
    'F24 all connections dropped at once': () => {
      this.#deps.proxy.resetAll();
      return this.#count('F24 all connections dropped at once');
    },
    'F24 connection refused': () => {
      const { proxy, random } = this.#deps;
      proxy.refusing = true;
      this.#after(random.between(500, 4000), () => {
        proxy.refusing = false;
      });
      return this.#count('F24 connection refused');
    },
    'F1 execution environment killed': () =>
      this.#onService(() => this.#killEnvironments('F1 execution environment killed')),
    'F23 environments replaced': () =>
      this.#onService(() => this.#killEnvironments('F23 environments replaced')),
    'service stopped and started': () =>
      this.#onService(async (service) => {
        await service.stopAndStart();
        this.#count('service stopped and started');
      }),
    'service killed and started': () =>
      this.#onService(async (service) => {
        await service.killAndStart();
        this.#count('service killed and started');
      }),
    'token not to be had': () => {
      // Counted when it is asked for.
      this.#deps.refuseTokens(this.#deps.random.whole(1, 4));
      return true;
    },
    'departments of a user changed': () => {
      const { members, departments, random } = this.#deps;
      return this.#onOne('departments of a user changed', members, ({ user }) => {
        user.departments = departments.filter(() => random.chance(0.6));
      });
    },
    'tab reloaded': () => this.#onOne('tab reloaded', this.#deps.members, (member) => member.reload()),
  };

  async #killEnvironments(
    kind: 'F1 execution environment killed' | 'F23 environments replaced',
  ): Promise<void> {
    const { service, random } = this.#deps;
    const all = (await service?.environments()) ?? [];
    const awake = all.filter(({ state }) => state !== 'T');
    const some =
      kind === 'F23 environments replaced' ? all : random.chance(0.8) && awake.length > 0 ? awake : all;
    if (some.length === 0) return this.#after(againMilliseconds, () => this.#strike(kind));
    const killed = kind === 'F23 environments replaced' ? some : [random.pick(some)];
    for (const { pid } of killed) kill(pid);
    this.#count(kind);
  }

  #onService(act: (service: Service) => Promise<void>): boolean {
    const { service, unforeseen } = this.#deps;
    if (service === undefined) return true;
    this.#service = this.#service
      .then(() => act(service))
      .catch((error: unknown) => unforeseen(error instanceof Error ? error.message : String(error)));
    return true;
  }

  #onTunnel(kind: PlannedFault, act: (tunnel: FaultProxy['open'][number]) => void): boolean {
    return this.#onOne(kind, this.#deps.proxy.open, act);
  }

  #onOne<T>(kind: PlannedFault, from: readonly T[], act: (one: T) => void): boolean {
    if (from.length === 0) return false;
    act(this.#deps.random.pick(from));
    return this.#count(kind);
  }

  #count(kind: PlannedFault): true {
    this.#deps.counts.count(kind);
    return true;
  }

  #after(milliseconds: number, task: () => void): void {
    if (this.#over) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, milliseconds);
    this.#timers.add(timer);
  }
}

/** It may have ended by itself. */
function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // Gone is what it was to be.
  }
}
