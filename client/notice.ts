import type { Action } from '../protocol/requests.ts';
import type { ClientError } from './errors.ts';
import type { PendingMessage } from './pending-message.ts';

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
  /** A frame or an answer that this version does not know, one that is broken, or a first reply that does not say who the connection is; it was ignored. */
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
  /**
   * The service is reached, and answers with a fault (`INTERNAL`, or API Gateway's own frame) what asks for `action`, for
   * the 1st, 2nd, 4th, 8th … time in a row; it is asked again after a delay, or rejected as `UNKNOWN`.
   *
   * API Gateway does not say which request it was: the oldest without an answer is taken for it.
   */
  | {
      readonly kind: 'faulted';
      readonly action: Action;
      readonly times: number;
      /** What the fault says; that of `INTERNAL` holds a reference to the log. */
      readonly message: string | undefined;
      /** API Gateway's, for its log. */
      readonly requestId: string | undefined;
    }
  /** A message that an earlier page load left in the storage was refused. */
  | { readonly kind: 'notSent'; readonly message: PendingMessage; readonly error: ClientError }
  /** The storage threw or is full: what waits does not survive a reload. */
  | { readonly kind: 'notStored'; readonly error: unknown };
