import type { TextStorage } from '../../../client/index.ts';
import { Sockets, type SocketDependencies, type Tap } from '../gateway/socket.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import { Tab, type TabDependencies } from './tab.ts';
import { tokenFor, type User } from './tokens.ts';

export interface SimulatedTabDependencies extends TabDependencies, SocketDependencies {
  readonly random: Random;
  readonly faults: Faults;
  /** A new id for each message of a user; two users have the same ones. */
  readonly newId: (user: User) => string;
  readonly tokenSeconds: number;
  readonly quickRotation: boolean;
  readonly tap: Tap;
}

/** A tab on simulated sockets and a virtual clock. */
export class SimulatedTab extends Tab {
  readonly sockets: Sockets;
  readonly #timers: ReadonlySet<object>;

  constructor(deps: SimulatedTabDependencies, name: string, user: User, storage: TextStorage) {
    const { scheduler, random, faults } = deps;
    const sockets = new Sockets(deps, name, deps.tap);
    const skew = faults.strikes('F16 clock wrong', name) ? random.between(-600_000, 600_000) : 0;
    const timers = new Set<object>();
    super(deps, name, user, {
      url: 'wss://simulation',
      token: () => tokenInTime(deps, name, user),
      storage,
      onNotice: () => {},
      ...(deps.quickRotation ? { rotateAfterMs: 20_000, rotateBeforeMs: 45_000 } : {}),
      platform: {
        WebSocket: sockets.WebSocket,
        clock: { now: () => scheduler.now + skew, after: (wait, task) => timer(deps, timers, wait, task) },
        random: () => random.next(),
        newId: () => deps.newId(user),
      },
    });
    this.sockets = sockets;
    this.#timers = timers;
  }

  /** Timers that the client has set and not cleared. */
  get timers(): number {
    return this.#timers.size;
  }
}

async function tokenInTime(
  { scheduler, random, faults, tokenSeconds }: SimulatedTabDependencies,
  name: string,
  user: User,
): Promise<string> {
  await scheduler.sleep(random.latency(40));
  if (faults.strikes('token not to be had', name)) throw new Error('no token now');
  return tokenFor(user, scheduler.now / 1000, tokenSeconds);
}

function timer(
  { scheduler }: SimulatedTabDependencies,
  timers: Set<object>,
  milliseconds: number,
  task: () => void,
): () => void {
  const set = scheduler.after(milliseconds, () => {
    timers.delete(set);
    task();
  });
  timers.add(set);
  return () => {
    set.cancelled = true;
    timers.delete(set);
  };
}
