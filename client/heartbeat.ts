import * as limits from '../protocol/client-limits.ts';
import type { Reply } from '../protocol/replies.ts';
import { Alarm } from './alarm.ts';
import type { Connection } from './connection.ts';
import type { Inbox } from './inbox.ts';
import type { Context } from './context.ts';
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
  /** The beat whose answers are awaited; what an earlier one is answered is of no interest. */
  #busy: object | undefined;

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
  connected(): void {
    this.#busy = undefined;
    this.#plan();
  }

  /**
   * Asks about everything now, in as many frames as it takes, unless answers are awaited. A frame that is not answered
   * in time is overdue, and another beat is asked for.
   */
  beat(): void {
    const connection = this.#context.link.current;
    if (!connection || this.#busy) return;
    const beat = (this.#busy = {});
    this.#alarm.clear();
    const { heard } = connection;
    const heads = this.#subscriptions.heads();
    const inbox = this.#inbox.activity();
    let awaited = Math.ceil(Math.max(1, heads.length / limits.pingHeads, inbox.length / limits.pingInbox));
    for (let frame = 0, frames = awaited; frame < frames; frame++) {
      const asked = new Map(share(heads, limits.pingHeads, frame));
      connection.request(
        'ping',
        // Not by assignment: `__proto__` is a valid id.
        {
          heads: Object.fromEntries(asked),
          inbox: Object.fromEntries(share(inbox, limits.pingInbox, frame)),
        },
        ({ reply, sent }) => {
          if (this.#busy !== beat) return;
          const dead = sent !== undefined && connection.heard === heard;
          if (dead || --awaited === 0) this.#busy = undefined;
          if (dead) return this.#dead(connection);
          if (awaited === 0) this.#plan();
          if (reply) this.#answered(reply, asked);
        },
        { timeoutMs: this.#context.settings.pongTimeoutMs },
      );
    }
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
}

/** The part that goes into a frame, at most so many of all. */
function share<T>(all: readonly T[], most: number, frame: number): T[] {
  return all.slice(frame * most, (frame + 1) * most);
}
