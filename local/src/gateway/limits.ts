/** What API Gateway allows a WebSocket API ("Amazon API Gateway quotas", WebSocket APIs), and what bounds this gateway's memory. */
export interface GatewayLimits {
  /** A connection on which no data frame travels for this long is closed with 1001. */
  readonly idleMilliseconds: number;
  /** A connection of this age is closed with 1001, busy or not. */
  readonly connectionMilliseconds: number;
  /** Payload of one WebSocket frame; a longer one closes the connection with 1009. */
  readonly frameBytes: number;
  /** Payload of one message over all its frames, and of one POST to `@connections`. */
  readonly messageBytes: number;
  /** Path and query of the handshake. */
  readonly urlCharacters: number;
  /** JSON document that an authorizer returns. */
  readonly authorizerResultBytes: number;
  /** Bytes that may wait for a client which does not read; AWS refuses a post then (429) without publishing the size. */
  readonly sendBufferBytes: number;
  /**
   * Messages of one connection whose functions have not answered; further ones wait, and their client is not read from. API
   * Gateway has no such limit: there the functions of all connections share 1,000 executions, and here one machine.
   */
  readonly unansweredMessages: number;
  /** How long `stop()` waits for `$disconnect` functions and for clients to answer the close. */
  readonly stopMilliseconds: number;
}

export const awsLimits: GatewayLimits = {
  idleMilliseconds: 600_000,
  connectionMilliseconds: 7_200_000,
  frameBytes: 32 * 1024,
  messageBytes: 128 * 1024,
  urlCharacters: 4096,
  authorizerResultBytes: 8 * 1024,
  sendBufferBytes: 1024 * 1024,
  unansweredMessages: 32,
  stopMilliseconds: 3_000,
};
