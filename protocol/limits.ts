import * as clientLimits from './client-limits.ts';

/** Every number of the wire, once. Sizes are bytes of UTF-8 or UTF-16 units, as each says. */
export const limits = {
  ...clientLimits,
  /** Bytes of any frame that the server sends; API Gateway would cut a larger one into several (32 KB a frame). */
  frameBytes: 32 * 1024,
  /**
   * Bytes that a reply keeps free for what stands around its list: the request's `id`, `you` with the longest ids and
   * name, `first` and `more`; some 1,000 with ids of 160 characters.
   */
  envelopeBytes: 1280,
  /** Nesting of a client's or an upstream's JSON. */
  jsonDepth: 8,
  /** UTF-16 units of names and channels. */
  freeTextUnits: 128,
  /** UTF-16 units of a guest's address, which may be such an id. */
  addressUnits: 160,
  /** Characters of a listing's cursor; the longest has 472 (base64 of a department, a status, a time and an id). */
  cursorUnits: 512,
  attachments: 10,
  /** Characters of an attachment's URL, ASCII; a presigned URL with a session token takes more than 2,000. */
  attachmentUrlUnits: 4096,
  /** Bytes of one stored message as JSON: with its conversation it must fit into one frame. */
  messageBytes: 24 * 1024,
  departmentsPerToken: 64,
  /** Messages that `subscribe` answers with at most. */
  subscribePage: 50,
  historyPageDefault: 50,
  conversationsPageDefault: 20,
  /** Events in one invocation of `notify`. */
  notifyEvents: 100,
  /** Unknown fields of one event up to which they are counted. */
  unknownFields: 100,
  /** Seconds that a token lives at most, from `iat` to `exp`: its bearer could not be locked out by waiting otherwise. */
  tokenSeconds: 24 * 60 * 60,
  /**
   * Seconds by which the clocks of issuer and service may differ, in either direction: added to a token's life, and the
   * time for which a connection is served after its token's `exp`.
   */
  clockToleranceSeconds: 30,
  /** Seconds after which API Gateway gives up on a reply, the longest that it allows (API Gateway quotas). */
  replySeconds: 29,
  /** Seconds that a connection lives at most (API Gateway quotas: 2 hours, not adjustable). */
  connectionSeconds: 2 * 60 * 60,
} as const;
