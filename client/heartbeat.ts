import * as limits from '../protocol/client-limits.ts';
import type { Reply } from '../protocol/replies.ts';
import { Alarm } from './alarm.ts';
import type { Connection } from './connection.ts';
import type { Inbox } from './inbox.ts';
import type { Context } from './options.ts';
import type { Subscriptions } from './subscriptions.ts';

/**
 * Keeps a connection from being cut as idle, finds out when it is dead, and finds what was missed on it.
 *
 * A browser cannot send the protocol's own pings, and a half-open connection takes everything and answers nothing.
 */
export class Heartbeat {
  readonly #context: Context;
  readonly #subscriptions: Pick<Subscriptions, 'count' | 'heads' | 'get'>;
  readonly #inbox: Pick<Inbox, 'activity' | 'pong'>;
  readonly #dead: (connection: Connection) => void;
  readonly #alarm: Alarm;
  #busy: Connection | undefined;
  /** How many pings have gone: the next one asks about what had no room in the last. */
  #beats = 0;

  constructor(
    context: Context,
    subscriptions: Pick<Subscriptions, 'count' | 'heads' | 'get'>,
    inbox: Pick<Inbox, 'activity' | 'pong'>,
    dead: (connection: Connection) => void,
  ) {
    this.#context = context;
    this.#subscriptions = subscriptions;
    this.#inbox = inbox;
    this.#dead = dead;
    this.#alarm = new Alarm(context.clock);
  }

  /** Another connection serves. */
  up(): void {
    this.#busy = undefined;
    this.#plan();
  }

  /** Pings now, unless a pong is awaited. */
  beat(): void {
    const connection = this.#context.link.current;
    if (!connection || this.#busy) return;
    this.#busy = connection;
    this.#alarm.clear();
    const { heard } = connection;
    const heads = new Map(this.#share(this.#subscriptions.heads(), limits.pingHeads));
    const inbox = this.#share(this.#inbox.activity(), limits.pingInbox);
    this.#beats++;
    connection.request(
      'ping',
      // Not by assignment: `__proto__` is a valid id.
      { heads: Object.fromEntries(heads), inbox: Object.fromEntries(inbox) },
      ({ reply, sent }) => {
        if (this.#busy !== connection) return;
        this.#busy = undefined;
        if (sent !== undefined && connection.heard === heard) return this.#dead(connection);
        this.#plan();
        if (reply) this.#answered(reply, heads);
      },
      this.#context.settings.pongTimeoutMs,
    );
  }

  close(): void {
    this.#busy = undefined;
    this.#alarm.clear();
  }

  #answered({ heads, inbox }: Reply<'pong'>, asked: ReadonlyMap<string, number>): void {
    for (const [id, head] of Object.entries(heads))
      this.#subscriptions.get(id)?.pong(asked.get(id) ?? 0, head);
    for (const [department, newest] of Object.entries(inbox)) this.#inbox.pong(department, newest);
  }

  /** While nothing is subscribed, the shorter intervals add up to the longer one. */
  #plan(idleMs = 0): void {
    const { pingMs, watchingPingMs } = this.#context.settings;
    const idle = idleMs + watchingPingMs;
    this.#alarm.set(watchingPingMs, () => {
      if (this.#subscriptions.count > 0 || idle >= pingMs) this.beat();
      else this.#plan(idle);
    });
  }

  /** At most `most` of them, in turns. */
  #share<T>(all: readonly T[], most: number): T[] {
    const start = all.length > most ? (this.#beats * most) % all.length : 0;
    return [...all.slice(start), ...all.slice(0, start)].slice(0, most);
  }
}
