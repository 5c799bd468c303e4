import type { You } from '../protocol/model.ts';
import type { Event } from '../protocol/replies.ts';
import type { Action } from '../protocol/requests.ts';
import { Alarm } from './alarm.ts';
import { Backoff } from './backoff.ts';
import { Connection } from './connection.ts';
import { isSame } from './identity.ts';
import { isText, type Fields } from './shapes.ts';
import type { Surroundings } from './surroundings.ts';
import { readToken, type Token } from './token.ts';

export type ConnectionState =
  /** A token is asked for, or a handshake is under way. */
  | { readonly status: 'connecting' }
  | { readonly status: 'online' }
  /** Not connected; tried again at this time (milliseconds since the epoch). */
  | { readonly status: 'waiting'; readonly retryAt: number }
  /** For good: by `close()`, because the server said so, or because the tokens became those of another user or hotel. */
  | { readonly status: 'closed'; readonly reason: 'closed' | 'revoked' | 'otherUser' };

export interface LinkEvents {
  changed(state: ConnectionState): void;
  /** A new connection serves from now on: everything is asked for on it. */
  connected(connection: Connection): void;
  /** It is known who a connection is, and it is the same user as before. */
  identified(you: You): void;
  event(event: Event): void;
  overdue(): void;
}

/** How long `flood` keeps a user out (`docs/protocol.md`, "Not sent yet": 429 for 30 s). */
const floodMs = 30_000;
/** A connection is not replaced sooner than this for the sake of its token. */
const leastLifeMs = 30_000;

/**
 * Keeps one connection open for as long as the client lives, and replaces it before it ends.
 *
 * A replacement opens beside the old one, which goes on receiving while everything is subscribed on the new one.
 */
export class Link {
  state: ConnectionState = { status: 'connecting' };
  readonly #context: Surroundings;
  readonly #url: string;
  readonly #provider: () => Promise<unknown>;
  readonly #events: LinkEvents;
  readonly #backoff: Backoff;
  /** The next attempt, or the end of one that takes too long. */
  readonly #alarm: Alarm;
  readonly #rotation: Alarm;
  readonly #overlap: Alarm;
  #token: Token | undefined;
  /** How often the provider was asked, and which of its answers the token is. */
  #asked = 0;
  #taken = 0;
  /** Who the client is: whoever its first connection was. */
  #you: You | undefined;
  /** An attempt to connect; another one makes what it waits for void. */
  #attempt: object | undefined;
  #opening: Connection | undefined;
  #current: Connection | undefined;
  #retiring: Connection | undefined;
  #openedAt = 0;
  /** Handshakes that failed since the last one that did not. */
  #failures = 0;
  /** Faults since the last answer that was none, by what was asked. */
  readonly #faults = new Map<Action, number>();

  constructor(context: Surroundings, url: string, provider: () => Promise<unknown>, events: LinkEvents) {
    const { clock } = context;
    this.#context = context;
    this.#url = url;
    this.#provider = provider;
    this.#events = events;
    this.#backoff = new Backoff(context);
    this.#alarm = new Alarm(clock);
    this.#rotation = new Alarm(clock);
    this.#overlap = new Alarm(clock);
  }

  /** The connection that serves new requests. */
  get current(): Connection | undefined {
    return this.#current;
  }

  /** Opens a connection: the first, one after a loss, or one beside that which serves. */
  connect(): void {
    if (this.#attempt || this.state.status === 'closed') return;
    const attempt = {};
    this.#attempt = attempt;
    this.#alarm.set(this.#context.settings.openTimeoutMs, () => this.#late());
    this.#usableToken().then(
      (token) => this.#attempt === attempt && this.#open(token),
      (error: unknown) => this.#attempt === attempt && this.#noToken(error),
    );
    if (!this.#current) this.#become({ status: 'connecting' });
  }

  /** Gives a connection up that has gone silent, and opens another. */
  drop(connection: Connection): void {
    this.#lost(connection);
    connection.close();
  }

  /** Ends everything, for good. */
  close(reason: Extract<ConnectionState, { status: 'closed' }>['reason']): void {
    if (this.state.status === 'closed') return;
    for (const alarm of [this.#alarm, this.#rotation, this.#overlap]) alarm.clear();
    const connections = [this.#opening, this.#current, this.#retiring];
    this.#attempt = this.#opening = this.#current = this.#retiring = undefined;
    this.#become({ status: 'closed', reason });
    for (const connection of connections) connection?.close();
  }

  /** The token at hand while it is good for long enough, or a new one. */
  async #usableToken(): Promise<Token> {
    const { clock } = this.#context;
    if (this.#token && clock.now() < this.#token.renewAt) return this.#token;
    const turn = ++this.#asked;
    const token = readToken(await this.#provider(), clock.now(), this.#context.settings.renewMs);
    // One that was given up as late may come after all, and after a newer one.
    if (turn < this.#taken) return token;
    this.#taken = turn;
    this.#token = token;
    return token;
  }

  #open(token: Token): void {
    try {
      const connection: Connection = new Connection(this.#context, this.#url, token, {
        opened: () => this.#opened(connection),
        identified: (you) => this.#identified(you),
        event: (event) => this.#event(connection, event),
        answered: (action, fault) => this.#answered(action, fault),
        tokenRefused: () => this.#tokenRefused(connection),
        overdue: () => this.#events.overdue(),
        closed: () => (connection === this.#opening ? this.#refused(token) : this.#lost(connection)),
      });
      this.#opening = connection;
    } catch (error) {
      // A page on https:// may not open ws://, for one.
      this.#refused(token, error);
    }
  }

  /** A browser does not say why a handshake failed: it may have been the token. */
  #refused(token: Token, error?: unknown): void {
    if (this.#token === token) this.#token = undefined;
    const tries = ++this.#failures;
    if (isTold(tries)) {
      const { endsAt } = token;
      const over = endsAt !== undefined && endsAt <= this.#now();
      this.#context.notice({ kind: 'notConnected', tries, tokenEndsAt: endsAt, tokenOver: over, error });
    }
    this.#failed();
  }

  /** Counted by action: a ping that is answered well is no answer to a message that never is. */
  #answered(action: Action, fault: Fields | undefined): void {
    if (!fault) return void this.#faults.delete(action);
    const times = (this.#faults.get(action) ?? 0) + 1;
    this.#faults.set(action, times);
    const { message, requestId } = fault;
    if (isTold(times)) {
      this.#context.notice({
        kind: 'faulted',
        action,
        times,
        message: textOf(message),
        requestId: textOf(requestId),
      });
    }
  }

  #late(): void {
    const connection = this.#opening;
    if (connection) this.#refused(connection.token);
    else
      this.#noToken(new Error(`token: must come in ${this.#context.settings.openTimeoutMs} ms; none came`));
  }

  #noToken(error: unknown): void {
    this.#context.notice({ kind: 'noToken', error });
    this.#failed();
  }

  #failed(): void {
    this.#abandon();
    this.#wait(this.#backoff.next());
  }

  #abandon(): void {
    const connection = this.#opening;
    this.#attempt = this.#opening = undefined;
    connection?.close();
  }

  #opened(connection: Connection): void {
    const old = this.#current;
    this.#attempt = this.#opening = undefined;
    this.#alarm.clear();
    this.#current = connection;
    this.#failures = 0;
    this.#openedAt = this.#now();
    this.#planRotation(connection.token);
    if (old) this.#retire(old);
    // Before anybody is told: what a listener asks for then is asked once, and after what was wanted before.
    this.#events.connected(connection);
    // A listener of something else may have closed the client.
    if (!old && this.#current === connection) this.#become({ status: 'online' });
  }

  /** The app of one user is shown nothing of another's, nor of the same user's other hotel. */
  #identified(you: You): void {
    if (this.#you && !isSame(this.#you, you)) return this.close('otherUser');
    this.#you = you;
    this.#events.identified(you);
  }

  #planRotation(token: Token): void {
    const { rotateAfterMs, rotateBeforeMs } = this.#context.settings;
    const chosen = rotateAfterMs + this.#context.random() * (rotateBeforeMs - rotateAfterMs);
    const life = Math.min(chosen, Math.max(leastLifeMs, token.renewAt - this.#openedAt));
    this.#rotation.set(life, () => this.connect());
  }

  /** By the end of the overlap everything is subscribed on the new one, and what was asked on the old one has been answered. */
  #retire(old: Connection): void {
    this.#retiring?.close();
    this.#retiring = old;
    this.#overlap.set(this.#context.settings.overlapMs, () => old.close());
  }

  #lost(connection: Connection): void {
    if (connection !== this.#current) return;
    this.#current = undefined;
    this.#rotation.clear();
    if (this.#livedLong()) this.#backoff.reset();
    if (this.#attempt) this.#become({ status: 'connecting' });
    else this.#wait(this.#backoff.next());
  }

  #event(connection: Connection, event: Event): void {
    if (event.type !== 'bye') return this.#events.event(event);
    // Of a connection that may be somebody else's by now, it says nothing about this user.
    const ours = connection.you !== undefined || this.#you === undefined;
    if (event.retry === 'no' && ours) return this.close('revoked');
    if (event.retry === 'no' || event.retry === 'reauth') return this.#tokenRefused(connection);
    if (connection !== this.#current) return;
    this.#abandon();
    this.drop(connection);
    this.#wait(floodMs + this.#backoff.next());
  }

  /** Every request on it will be refused: another one, with a new token, and at once unless that has just been tried. */
  #tokenRefused(connection: Connection): void {
    if (this.#token === connection.token) this.#token = undefined;
    if (connection !== this.#current) return;
    const wasGood = this.#livedLong();
    this.drop(connection);
    if (wasGood) this.connect();
  }

  #livedLong(): boolean {
    return this.#now() - this.#openedAt >= this.#context.settings.stableMs;
  }

  #wait(milliseconds: number): void {
    // Whoever was told of a loss may have closed the client, or asked for an attempt.
    if (this.state.status === 'closed' || this.#attempt) return;
    this.#alarm.set(milliseconds, () => this.connect());
    if (!this.#current) {
      this.#become({ status: 'waiting', retryAt: this.#now() + milliseconds });
    }
  }

  #become(state: ConnectionState): void {
    this.state = state;
    this.#events.changed(state);
  }

  #now(): number {
    return this.#context.clock.now();
  }
}

/** What fails again and again is told at 1, 2, 4, 8 … in a row. */
function isTold(times: number): boolean {
  return (times & (times - 1)) === 0;
}

function textOf(value: unknown): string | undefined {
  return isText(value) ? value : undefined;
}
