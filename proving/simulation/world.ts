import { offer } from '../../protocol/handshake.ts';
import { groupName, keys } from '../../lambdas/adapters/dynamodb/keys.ts';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { Faults, type FaultKind } from './faults.ts';
import { Prober } from './clients/prober.ts';
import { sessionStorage } from './clients/storage.ts';
import { SimulatedTab, type Noticed, type SimulatedTabDependencies } from './clients/staff.ts';
import type { Counters, Shown } from './clients/tab.ts';
import { tokenFor, type User } from './clients/tokens.ts';
import { Upstream } from './clients/upstream.ts';
import { SimulatedGateway } from './gateway/gateway.ts';
import { managementApi, type Posts } from './gateway/management.ts';
import { SimulatedSocket, type Tap } from './gateway/socket.ts';
import { History } from './history/history.ts';
import { recordWrites } from './history/record-writes.ts';
import { Random } from './kernel/random.ts';
import { Scheduler } from './kernel/scheduler.ts';
import type { Environment } from './lambda/environment.ts';
import { Fleet } from './lambda/fleet.ts';
import type { Outside, Variation } from './lambda/functions.ts';
import { planOf, type Plan } from './plan.ts';
import { readPageOf, tableClient } from './table/client.ts';
import { SimulatedTable } from './table/table.ts';
import { departmentNames } from './stage.ts';

/** What a planted bug changes; nothing of it in a true run. */
export interface Bug {
  readonly variation?: (world: World) => Variation;
  readonly tap?: (world: World) => Tap;
  readonly shown?: (world: World) => Shown;
  readonly noticed?: (world: World) => Noticed;
  readonly table?: (client: DynamoDBDocumentClient, world: World) => DynamoDBDocumentClient;
  /** Changes the plan, so that the bug has an occasion. */
  readonly plan?: (plan: Plan) => Plan;
}

/** One tab that is reloaded now and then: the tab of today, and what its storage keeps. */
export interface Seat {
  readonly tab: SimulatedTab;
  /** Who is signed in: what the page gives tokens of, whoever the tab was loaded for. */
  user: User;
  /** The tab is loaded again, for whoever is signed in, and shows what it showed. */
  readonly reload: () => void;
}

export const epoch = Date.parse('2026-11-23T06:00:00.000Z');

/** Everything that there is in a run, made from one seed. */
export class World {
  readonly plan: Plan;
  readonly random: Random;
  readonly scheduler = new Scheduler(epoch);
  readonly history: History;
  readonly faults: Faults;
  readonly table: SimulatedTable;
  readonly fleet: Fleet;
  readonly gateway: SimulatedGateway;
  readonly upstream: Upstream;
  readonly hotels: readonly string[];
  readonly departments: readonly string[];
  seats: readonly Seat[] = [];
  #everyone: readonly User[] = [];
  readonly posts: Posts = { sent: 0, delivered: 0, peak: 0 };
  readonly #bug: Bug;
  readonly #counters: Counters = { operations: 0, views: 0 };
  readonly #idsOf = new Map<string, number>();
  #numbers = 0;

  constructor(seed: number, bug: Bug = {}) {
    const random = new Random(seed, 'plan');
    const { scheduler } = this;
    const plan = planOf(random);
    this.#bug = bug;
    this.random = random;
    this.plan = bug.plan?.(plan) ?? plan;
    this.history = new History(() => scheduler.now - epoch);
    this.faults = new Faults(random.stream('faults'), this.plan.faultShare, (kind, where) =>
      this.#tellOfFault(kind, where),
    );
    this.table = new SimulatedTable(scheduler, random.stream('table'), this.faults);
    recordWrites(this.table, this.history);
    this.fleet = this.#makeFleet();
    this.gateway = new SimulatedGateway({
      ...this.#parts('gateway'),
      fleet: this.fleet,
      history: this.history,
      start: epoch,
    });
    this.upstream = new Upstream(
      { ...this.#parts('upstream'), fleet: this.fleet, history: this.history },
      this.#counters,
    );
    this.departments = departmentNames.slice(0, this.plan.departments);
    this.hotels = Array.from({ length: this.plan.hotels }, (_, index) => `hotel-${index + 1}`);
  }

  /** Everyone sits down; from here on time passes. */
  begin(): void {
    if (this.plan.malformedRow) this.#plantMalformedRow();
    this.#everyone = this.#users();
    this.seats = this.#everyone.flatMap((user) => this.#seatsOf(user));
  }

  /** Somebody else signs in at a seat: mostly the same user in another hotel. Undefined if there is nobody else. */
  otherUser({ user }: Seat, dice: Random): User | undefined {
    const others = this.#everyone.filter((other) => other !== user);
    const elsewhere = others.filter(({ id }) => id === user.id);
    if (elsewhere.length > 0 && dice.chance(0.7)) return dice.pick(elsewhere);
    return others.length > 0 ? dice.pick(others) : undefined;
  }

  /** From their next token on, a user has other departments. */
  moveUser(user: User, departments: readonly string[]): void {
    user.departments = departments;
  }

  /** Whether a tab is connected, and what it waits for. */
  tellState({ name, client, pending }: SimulatedTab): void {
    const { status } = client.state;
    this.history.add({ type: 'ok', f: 'state', client: name, err: status, count: pending });
  }

  /** A text that no other message has. */
  text(dice: Random): string {
    const text = `text ${this.number()} `;
    return dice.chance(0.1) ? text.padEnd(this.plan.longText, 'ö') : text;
  }

  now(): number {
    return this.scheduler.now;
  }

  number(): number {
    return ++this.#numbers;
  }

  prober(user: User): Prober {
    const { scheduler, faults } = this;
    const parts = { ...this.#parts('prober'), gateway: this.gateway, history: this.history };
    return new Prober(
      {
        history: this.history,
        counters: this.#counters,
        open: (name, _, use) => {
          const token = tokenFor(user, scheduler.now / 1000, 4 * 3600);
          use(new SimulatedSocket(parts, name, offer(token), {}));
        },
        after: (milliseconds, task) => scheduler.after(milliseconds, task),
        refusedCursor: (cursor) => faults.count('F32 forged cursor', cursor),
      },
      user,
    );
  }

  /** A member whose id no connection can have, as something else may have left it: posts to it are answered 400. */
  #plantMalformedRow(): void {
    const [hotelId = ''] = this.hotels;
    const id = 'no id';
    const department = this.departments[0] ?? '';
    const expiresAt = epoch / 1000 + 40_000;
    const rights = { userId: 'nobody', role: 'staff', departments: [department], tokenExpiresAt: expiresAt };
    const member = JSON.stringify({ ...rights, connectedAt: epoch - 3_600_000 });
    const { pk, sk } = keys.membership(hotelId, groupName({ kind: 'department', department }), id, 1);
    this.table.items.put({ pk, sk, member, expiresAt });
  }

  #makeFleet(): Fleet {
    const outside = (environment: Environment): Outside => {
      const parts = this.#parts(`outside ${environment.name}`);
      const deps = { ...parts, table: this.table, membersPage: this.plan.membersPage };
      const whole = tableClient(deps, environment.through);
      const client = this.#bug.table?.(whole, this) ?? whole;
      return {
        table: { name: 'table', client, readPage: readPageOf(client) },
        gateway: managementApi(parts, this.gateway, environment, this.posts),
      };
    };
    return new Fleet({
      ...this.#parts('fleet'),
      variation: this.#bug.variation?.(this) ?? {},
      fault: (reason) => this.history.add({ type: 'ok', f: 'unforeseen', err: reason }),
      outside,
    });
  }

  #users(): User[] {
    const dice = this.random.stream('users');
    const users = this.hotels.flatMap((hotel) =>
      ['ana', 'ben', 'cem', 'dua'].slice(0, this.plan.users).map((id) => ({
        hotel,
        id,
        role: dice.chance(0.2) ? ('manager' as const) : ('staff' as const),
        departments: this.departments.filter(() => dice.chance(0.6)),
      })),
    );
    // Whoever has everything open may see everything.
    return users.map((user, at) => (this.plan.crowded && at === 0 ? { ...user, role: 'manager' } : user));
  }

  #seatsOf(user: User): Seat[] {
    const dice = this.random.stream(`seats of ${user.hotel} ${user.id}`);
    const share = this.plan.tabs / (this.plan.users * this.plan.hotels);
    const count = Math.max(user.hotel === 'hotel-1' ? 1 : 0, Math.round(share + dice.between(-0.4, 0.6)));
    return Array.from({ length: count }, (_, index) =>
      this.#seat(user, `${user.hotel}-${user.id}-${index + 1}`),
    );
  }

  #seat(user: User, name: string): Seat {
    const storage = sessionStorage();
    let life = 0;
    const sit = (): SimulatedTab => {
      const deps = this.#tabDependencies(name, () => seat.user);
      const made = new SimulatedTab(deps, `${name}.${++life}`, seat.user, storage);
      made.client.onState((state) => {
        // What an app does then: it starts anew, for whoever that is.
        if (state.status !== 'closed' || state.reason !== 'otherUser') return;
        this.scheduler.after(100, () => tab === made && seat.reload());
      });
      return made;
    };
    const seat: Seat = {
      user,
      get tab() {
        return tab;
      },
      reload: () => {
        const { views } = tab;
        const { open } = tab.lists;
        tab.unload();
        tab = sit();
        for (const conv of views) tab.view(conv);
        for (const list of open) tab.lists.toggle(list);
      },
    };
    let tab = sit();
    return seat;
  }

  #tabDependencies(name: string, signedIn: () => User): SimulatedTabDependencies {
    return {
      ...this.#parts(`tab ${name}`),
      gateway: this.gateway,
      history: this.history,
      counters: this.#counters,
      signedIn,
      noticed: this.#bug.noticed?.(this),
      tokenSeconds: this.plan.tokenSeconds,
      quickRotation: this.plan.quickRotation,
      newId: (owner) => this.#newIdOf(owner),
      tap: this.#bug.tap?.(this) ?? {},
      shown: this.#bug.shown?.(this),
    };
  }

  /** `m1`, `m2` … for each user: two users have the same ids, two messages of one user never. */
  #newIdOf({ hotel, id }: User): string {
    const user = `${hotel} ${id}`;
    const number = (this.#idsOf.get(user) ?? 0) + 1;
    this.#idsOf.set(user, number);
    return `m${number}`;
  }

  #parts(name: string) {
    return { scheduler: this.scheduler, random: this.random.stream(name), faults: this.faults };
  }

  #tellOfFault(kind: FaultKind, where: string): void {
    this.history.add({ type: 'ok', f: 'fault', kind, err: where });
  }
}
