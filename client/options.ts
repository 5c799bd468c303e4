import type { ClientError } from './errors.ts';
import type { Link } from './link.ts';
import type { PendingMessage } from './outbox-storage.ts';
import { systemPlatform, type Platform, type TextStorage } from './platform.ts';

/** Every number of the client. Names end in their unit; what has none is a count. */
export const defaults = {
  /** The ceiling of the first delay after a failure; it doubles with each. */
  backoffBaseMs: 500,
  backoffCapMs: 20_000,
  /** A connection that lived this long starts the delays anew. */
  stableMs: 10_000,
  /** From asking for a token to the open connection. */
  openTimeoutMs: 20_000,
  /** For the answer to a frame (API Gateway itself gives up after 29 s), and for what a call promises, waiting included. */
  requestTimeoutMs: 30_000,
  /** How long a missing message may still be on its way before it is asked for. */
  gapDelayMs: 300,
  /** Between two `ping` while nothing is subscribed, and between two readings of a list. */
  pingMs: 300_000,
  /** Between two `ping` while a conversation is subscribed. */
  watchingPingMs: 30_000,
  /** A connection is dead when nothing at all came this long after a `ping`. */
  pongTimeoutMs: 15_000,
  /** A connection is replaced at a random point between these; API Gateway cuts after 120 minutes. */
  rotateAfterMs: 6_000_000,
  rotateBeforeMs: 6_900_000,
  /** Both connections stay open for this long when one replaces the other: by then the old one owes no answer. */
  overlapMs: 30_000,
  /** A token is replaced this long before its end, or a quarter of its life if that is less. */
  renewMs: 60_000,
  /** Frames that may leave in a row, and then each second. */
  frameBurst: 50,
  framesPerSecond: 10,
  /** How long an event may be older than a reading of the listing and still count: the index lags by moments. */
  lagMs: 5_000,
  /** Messages that wait to be stored; one more is refused with `QUEUE_FULL`. */
  maxQueued: 100,
  /** Calls that wait for their answer; one more is refused with `QUEUE_FULL`. */
  maxCalls: 100,
  /** Messages of one conversation that came early, and events of a connection before its first reply; more are dropped. */
  maxEarly: 1000,
  /** Conversations that are remembered for the lists; those untouched the longest are dropped. */
  maxConversations: 2000,
  /** Conversations of one list; `more` ends there. */
  maxListed: 200,
} as const;

export type Settings = { readonly [Name in keyof typeof defaults]: number };

/** What an app may want to know, to write it down. */
export type Notice =
  /** A listener of the app threw; what it was given counts as given. */
  | { readonly kind: 'listenerThrew'; readonly error: unknown }
  /**
   * A bound was reached; `id` is the conversation's. What is dropped of `messages` is read again in its turn, of
   * `conversations` it is listed again, of `events` (the oldest before a connection's first reply) the log fills the gap,
   * of `outbox` (the oldest in a storage that holds too much) nothing is left.
   */
  | {
      readonly kind: 'dropped';
      readonly what: 'messages' | 'conversations' | 'events' | 'outbox';
      readonly id: string;
    }
  /** A frame that this version does not know, one that is broken, or a first reply that does not say who the connection is; it was ignored. */
  | { readonly kind: 'foreignFrame' }
  /** The token provider threw, gave none in time, or gave what is none (`error` says what); it is asked again after a delay. */
  | { readonly kind: 'noToken'; readonly error: unknown }
  /**
   * A handshake failed or took too long, for the 1st, 2nd, 4th, 8th … time in a row; it is tried again, with a new
   * token. A browser does not say why: the token was refused (401), the page's origin was (403), or there is no way to
   * the service. `error`: what the WebSocket's constructor threw, if it did.
   */
  | {
      readonly kind: 'notConnected';
      readonly tries: number;
      /** The token's `exp`, milliseconds since the epoch; undefined if it cannot be read. */
      readonly tokenEndsAt: number | undefined;
      /** Whether that has passed on the local clock, which may be wrong. */
      readonly tokenOver: boolean;
      readonly error: unknown;
    }
  /** A message that an earlier page load left in the storage was refused. */
  | { readonly kind: 'notSent'; readonly message: PendingMessage; readonly error: ClientError }
  /** The storage threw or is full: what waits does not survive a reload. */
  | { readonly kind: 'notStored'; readonly error: unknown };

export interface ClientOptions extends Partial<Settings> {
  /** `wss://{host}/{stage}`. */
  readonly url: string;
  /** Gives a JWT for a new connection; asked again before one expires, and after a handshake failed. */
  readonly token: () => Promise<string>;
  /** Where messages that wait survive a reload: `sessionStorage`, or another that no other tab shares. Default: nowhere. */
  readonly storage?: TextStorage;
  readonly platform?: Partial<Platform>;
  /** Default: a listener's error is thrown where the page's own error handlers see it, and the rest is ignored. */
  readonly onNotice?: (notice: Notice) => void;
}

/** What the parts of the client have in common. */
export interface Surroundings extends Platform {
  readonly settings: Settings;
  notice(notice: Notice): void;
}

/** What those parts are given that ask something of the server. */
export interface Context extends Surroundings {
  /** `current` serves new requests; undefined while there is no connection. */
  readonly link: Pick<Link, 'current'>;
}

/** The options with everything filled in; throws a `TypeError` that says what is wrong. */
export function surroundingsOf(options: ClientOptions): Surroundings {
  const platform = { ...systemPlatform(), ...options.platform };
  const settings = { ...defaults, ...options };
  if (!/^wss?:\/\//.test(options.url)) throw new TypeError('url: must be ws:// or wss://');
  if (typeof options.token !== 'function') throw new TypeError('token: must be a function');
  if (typeof platform.WebSocket !== 'function') {
    throw new TypeError('platform.WebSocket: must be given where there is no global one');
  }
  if (!options.platform?.newId && !globalThis.crypto?.getRandomValues) {
    throw new TypeError('platform.newId: must be given where there is no crypto.getRandomValues');
  }
  for (const [name, value] of Object.entries(settings)) {
    if (name in defaults && !(typeof value === 'number' && value >= 0)) {
      throw new TypeError(`${name}: must be a number that is not negative`);
    }
  }
  // API Gateway cuts what was idle for ten minutes.
  if (settings.pingMs + settings.watchingPingMs > 540_000) {
    throw new TypeError('pingMs + watchingPingMs: must be at most 540000');
  }
  return { ...platform, settings, notice: options.onNotice ?? throwListenerErrors };
}

function throwListenerErrors(notice: Notice): void {
  if (notice.kind !== 'listenerThrew') return;
  queueMicrotask(() => {
    throw notice.error;
  });
}

/** Calls a listener of the app, whose errors are not the client's. */
export function tell<Event>(context: Surroundings, listener: (event: Event) => void, event: Event): void {
  try {
    listener(event);
  } catch (error) {
    context.notice({ kind: 'listenerThrew', error });
  }
}
