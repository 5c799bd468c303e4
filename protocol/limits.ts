/** Every number of the wire, once. Sizes are bytes of UTF-8 or UTF-16 units, as each says. */
export const limits = {
  /** Bytes of a client's frame. */
  requestBytes: 16 * 1024,
  /** Bytes of any frame that the server sends; API Gateway would cut a larger one into several (32 KB a frame). */
  frameBytes: 32 * 1024,
  /** Nesting of a client's or an upstream's JSON. */
  jsonDepth: 8,
  /** UTF-16 units of an id. */
  idUnits: 128,
  /** UTF-16 units of names, channels and addresses. */
  freeTextUnits: 128,
  /** UTF-16 units of a message's text. */
  textUnits: 4096,
  /** UTF-16 units of a conversation's preview. */
  previewUnits: 120,
  attachments: 10,
  /** Characters of an attachment's URL, ASCII. */
  attachmentUrlUnits: 2048,
  /** Bytes of one stored message as JSON: with its conversation it must fit into one frame. */
  messageBytes: 24 * 1024,
  departmentsPerToken: 64,
  /** Conversations that one connection may be subscribed to. */
  subscriptionsPerConnection: 100,
  /** Messages that `subscribe` answers with at most. */
  subscribePage: 50,
  historyPageDefault: 50,
  historyPage: 100,
  conversationsPageDefault: 20,
  conversationsPage: 50,
  /** Conversations that one `ping` may ask for. */
  pingHeads: 50,
  /** Departments that one `ping` may ask for. */
  pingInbox: 20,
  /** Events in one invocation of `notify`. */
  notifyEvents: 100,
  /** Seconds for which a connection is served after its token's `exp`. */
  tokenGraceSeconds: 30,
  /** Seconds that a connection lives at most (API Gateway quotas: 2 hours, not adjustable). */
  connectionSeconds: 2 * 60 * 60,
} as const;
