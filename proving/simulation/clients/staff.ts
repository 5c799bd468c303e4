import type { Client, Notice, TextStorage } from '../../../client/index.ts';
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
  /** Whose tokens the page gives: another user's, when somebody else has signed in. */
  readonly signedIn: () => User;
  /** A planted bug does something about a notice. */
  readonly noticed?: Noticed | undefined;
  readonly tokenSeconds: number;
  readonly quickRotation: boolean;
  readonly tap: Tap;
}

export type Noticed = (notice: Notice, client: Client) => void;

/** A tab on simulated sockets and a virtual clock. */
export class SimulatedTab extends Tab {
  readonly sockets: Sockets;
  readonly #timers: ReadonlySet<object>;
  readonly #told: { readonly who: boolean };

  constructor(deps: SimulatedTabDependencies, name: string, user: User, storage: TextStorage) {
    const { scheduler, random, faults } = deps;
    const told = { who: false };
    const sockets = new Sockets(deps, name, listening(deps.tap, told));
    const skew = faults.strikes('F16 clock wrong', name) ? random.between(-600_000, 600_000) : 0;
    const timers = new Set<object>();
    super(deps, name, user, {
      url: 'wss://simulation',
      token: () => tokenInTime(deps, name),
      storage,
      onNotice: (notice) => deps.noticed?.(notice, this.client),
      ...(deps.quickRotation ? { rotateAfterMs: 20_000, rotateBeforeMs: 45_000 } : {}),
      platform: {
        WebSocket: sockets.WebSocket,
        clock: { now: () => scheduler.now + skew, after: (wait, task) => timer(deps, timers, wait, task) },
        random: () => random.next(),
        newId: () => deps.newId(user),
      },
    });
    this.sockets = sockets;
    this.#told = told;
    this.#timers = timers;
  }

  /** Whether the client has been told who it is. */
  get isIdentified(): boolean {
    return this.#told.who;
  }

  /** Timers that the client has set and not cleared. */
  get timers(): number {
    return this.#timers.size;
  }
}

/** As the tap is, and notes when the client is told who it is. */
function listening(tap: Tap, told: { who: boolean }): Tap {
  return {
    ...tap,
    incoming(text, socket) {
      const tapped = tap.incoming ? tap.incoming(text, socket) : text;
      if (tapped?.includes('"you":')) told.who = true;
      return tapped;
    },
  };
}

/** Longer than a client waits for a token. */
const hanging = 25_000;
const noTokens = ['', ' \n', '<!doctype html><title>502 Bad Gateway</title>', 'undefined'];

async function tokenInTime(
  { scheduler, random, faults, tokenSeconds, signedIn }: SimulatedTabDependencies,
  name: string,
): Promise<string> {
  await scheduler.sleep(random.latency(40));
  if (faults.strikes('token not to be had', name)) {
    if (random.chance(0.7)) throw new Error('no token now');
    await scheduler.sleep(hanging);
  }
  if (faults.strikes('token that is none', name)) return random.pick(noTokens);
  const token = tokenFor(signedIn(), scheduler.now / 1000, tokenSeconds);
  return random.chance(0.2) ? ` ${token}\r\n` : token;
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
