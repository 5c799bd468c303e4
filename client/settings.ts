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
