import { setTimeout as sleep } from 'node:timers/promises';
import type { ClientBug } from '../../simulation/bugs/client.ts';
import { Prober } from '../../simulation/clients/prober.ts';
import type { User } from '../../simulation/clients/tokens.ts';
import { History } from '../../simulation/history/history.ts';
import { Random } from '../../simulation/kernel/random.ts';
import { conversationId, departmentNames, type Stage } from '../../simulation/stage.ts';
import { createConversation, tabActs, upstreamActs } from '../../simulation/workload.ts';
import type { SigningKey } from '../../../dev/issuer/signing-key.ts';
import type { Tap } from '../../simulation/gateway/socket.ts';
import { offer } from '../../../protocol/handshake.ts';
import { Member } from '../clients/member.ts';
import { RecordedSocket, type SocketDependencies } from '../clients/socket.ts';
import { tokenOf } from '../clients/tokens.ts';
import { Upstream } from '../clients/upstream.ts';
import { FaultCounts } from '../faults/kinds.ts';
import type { FaultProxy } from '../faults/proxy.ts';
import type { Reachable } from '../service.ts';
import { hotelNames, newCounters, usersOf, type RoundPlan } from './crew.ts';
import { Screens } from './screens.ts';

export interface RoundDependencies {
  readonly service: Reachable;
  /** Of the issuer that the service believes. */
  readonly signingKey: SigningKey;
  readonly proxy: FaultProxy;
  /** What the names of the hotels begin with; no other round on the same table has it. */
  readonly name: string;
  /** A mistake that the checker must see. */
  readonly bug?: ClientBug['bug'] | undefined;
}

/** A client with so much under way does nothing new: it waits, as people do. */
const mostPending = 8;
/** Conversations that somebody has open at once, but for moments. */
const mostViews = 3;
/** Conversations that everyone opens when the day begins; one that is opened twice is open once. */
const firstViews = 2;
/** Between one who comes and the next: each is a handshake and a few requests. */
const joinMilliseconds = 40;
/** Tokens of some users end within the round; those of the others do not. */
const tokenSeconds = { short: 90, long: 3600 } as const;

/** Everyone who takes part: clients, upstream, and what is known of them. */
export class Round implements Stage {
  readonly plan: RoundPlan;
  readonly history: History;
  readonly faults = new FaultCounts();
  readonly screens: Screens;
  readonly hotels: readonly string[];
  readonly departments = departmentNames;
  readonly members: Member[] = [];
  readonly upstream: Upstream;
  readonly random: Random;
  readonly scheduler = {
    get now(): number {
      return Date.now();
    },
    after: (milliseconds: number, task: () => void) => this.#after(milliseconds, task),
  };
  readonly #deps: RoundDependencies;
  readonly #startedAt = Date.now();
  readonly #counters = newCounters();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #probes = new Set<RecordedSocket>();
  #numbers = 0;
  #refusedTokens = 0;
  #over = false;

  constructor(plan: RoundPlan, deps: RoundDependencies) {
    const start = performance.now();
    const { faults } = this;
    this.plan = plan;
    this.#deps = deps;
    this.history = new History(() => performance.now() - start);
    this.screens = new Screens(this.history);
    this.random = new Random(plan.seed, 'soak');
    this.hotels = hotelNames(deps.name, plan.hotels);
    this.upstream = new Upstream({
      history: this.history,
      counters: this.#counters,
      random: this.random.stream('upstream'),
      faults,
      service: deps.service,
    });
  }

  /** Everyone comes, one after the other; people and upstream begin to act, until `end`. */
  async begin(signal: AbortSignal): Promise<void> {
    const { plan, hotels, upstream } = this;
    const dice = this.random.stream('workload');
    for (const hotel of hotels) {
      for (let number = 1; number <= plan.conversations; number++) {
        createConversation(this, dice, hotel, number);
      }
    }
    while (upstream.underWay > 0) await sleep(joinMilliseconds, undefined, { signal });
    for (const hotel of hotels)
      this.#repeat(dice, plan.upstreamPauseMs, () => upstreamActs(this, dice, hotel));
    for (const member of this.#comers()) {
      this.members.push(member);
      for (let open = 0; open < firstViews; open++) {
        member.tab.view(conversationId(dice.whole(1, plan.conversations)));
      }
      this.#repeat(dice, plan.pauseMs, () => this.#act(dice, member));
      await sleep(joinMilliseconds, undefined, { signal });
    }
  }

  /** Nobody begins anything any more; what was begun goes on. */
  end(): void {
    this.#over = true;
  }

  /** What people, upstream and probes have begun and what has no end yet. */
  get underWay(): number {
    const pending = this.members.reduce((sum, { tab }) => sum + tab.pending, 0);
    return pending + this.upstream.underWay + [...this.#probes].filter(({ isGone }) => !isGone).length;
  }

  /** The sockets that serve members now, and whose they are. */
  get openSockets(): Map<RecordedSocket, User> {
    return new Map(
      this.members.flatMap(({ sockets, user }) =>
        sockets.filter(({ isOpen }) => isOpen).map((socket) => [socket, user] as const),
      ),
    );
  }

  /** The next requests for a token are refused. */
  refuseTokens(times: number): void {
    this.#refusedTokens += times;
  }

  unforeseen(reason: string): void {
    this.history.add({ type: 'ok', f: 'unforeseen', err: reason });
  }

  /** Everyone leaves, and nothing of them is left. */
  async leave(): Promise<void> {
    this.end();
    for (const timer of this.#timers) clearTimeout(timer);
    for (const member of this.members) member.leave();
    for (const probe of this.#probes) probe.cut();
    await this.upstream.stop();
    for (const member of this.members) member.cut();
  }

  now(): number {
    return Date.now();
  }

  number(): number {
    return ++this.#numbers;
  }

  text(dice: Random): string {
    const text = `text ${this.number()} of ${this.#deps.name} `;
    return dice.chance(0.03) ? text.padEnd(3000, 'ö') : text;
  }

  prober(user: User): Prober {
    const parts = {
      history: this.history,
      counters: this.#counters,
      open: (name: string, as: User, use: (socket: RecordedSocket) => void) =>
        void this.#probe(name, as, use),
      after: this.scheduler.after,
      refusedCursor: () => this.faults.count('F32 forged cursor'),
    };
    return new Prober(parts, user);
  }

  async #probe(client: string, user: User, use: (socket: RecordedSocket) => void): Promise<void> {
    const token = await tokenOf(this.#deps.signingKey, user, tokenSeconds.long);
    const socket = new RecordedSocket(this.#socketDependencies(client, {}), this.#url, offer(token));
    this.#probes.add(socket);
    use(socket);
  }

  *#comers(): Iterable<Member> {
    const { hotels, departments, plan, random, history } = this;
    const { bug } = this.#deps;
    const [tap, shown] = [bug?.tap?.() ?? {}, bug?.shown?.()];
    const users = usersOf(random.stream('users'), hotels, departments, plan);
    for (const [seat, user] of users.entries()) {
      const name = `${user.hotel}-${user.id}-seat-${seat + 1}`;
      const deps = {
        history,
        counters: this.#counters,
        random: random.stream(name),
        pace: plan.pace,
        url: this.#url,
        socketDependencies: (client: string) => this.#socketDependencies(client, tap),
        token: (of: User) => this.#token(of, seat),
        shown,
      };
      yield new Member(deps, name, user);
    }
  }

  #socketDependencies(client: string, tap: Tap): SocketDependencies {
    const startedAt = this.#startedAt;
    return { history: this.history, client, tap, startedAt, newName: () => `connection-${this.number()}` };
  }

  async #token(user: User, seat: number): Promise<string> {
    if (this.#refusedTokens > 0) {
      this.#refusedTokens--;
      this.faults.count('token not to be had');
      throw new Error('no token now');
    }
    return tokenOf(this.#deps.signingKey, user, seat % 4 === 0 ? tokenSeconds.short : tokenSeconds.long);
  }

  #act(dice: Random, member: Member): void {
    if (member.tab.pending >= mostPending) return;
    const [oldest] = member.tab.views;
    if (oldest !== undefined && member.tab.views.length > mostViews) return member.tab.leave(oldest);
    tabActs(this, dice, member.tab);
  }

  #repeat(dice: Random, pause: number, act: () => void): void {
    const again = (): void => {
      if (this.#over) return;
      act();
      this.#after(dice.next() * 2 * pause, again);
    };
    this.#after(dice.next() * 2 * pause, again);
  }

  #after(milliseconds: number, task: () => void): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      task();
    }, milliseconds);
    this.#timers.add(timer);
  }

  get #url(): string {
    const { pathname } = new URL(this.#deps.service.addresses.websocket);
    return `ws://127.0.0.1:${this.#deps.proxy.port}${pathname}`;
  }
}
