import type { Code, Retry } from './codes.ts';
import type { NotifyAnswer } from './notify.ts';
import type { Event, Reply } from './replies.ts';

/**
 * What has its place on the wire and is sent by no server yet: clients understand it, so that a server may begin.
 *
 * A test holds the code and `docs/protocol.md`, "Not sent yet", to this list: what begins to be sent is taken out of it.
 */
export const notSentYet = {
  /** Of a handshake. */
  statuses: [429],
  codes: ['RATE_LIMITED'],
  /** Advice of an error. */
  retries: ['now'],
  errorFields: ['retryAfterMs'],
  events: ['bye'],
  /** Fields of what `notify` answers that are always 0. */
  zeros: ['deferred'],
} as const satisfies {
  readonly statuses: readonly number[];
  readonly codes: readonly Code[];
  readonly retries: readonly Retry[];
  readonly errorFields: readonly (keyof Reply<'error'>)[];
  readonly events: readonly Event['type'][];
  readonly zeros: readonly (keyof NotifyAnswer)[];
};
