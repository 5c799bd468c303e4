import { Client } from './client.ts';
import { surroundingsOf, type ClientOptions } from './options.ts';

export type { Client, HistoryPage, LiveListHandle } from './client.ts';
export { ClientError, type ClientCode } from './errors.ts';
export type { ConnectionState } from './link.ts';
export type { ListEvent, ListListener } from './live-list.ts';
export type { Notice } from './notice.ts';
export type { ClientOptions } from './options.ts';
export type { PendingMessage } from './pending-message.ts';
export type { Clock, Platform, Socket, SocketConstructor, TextStorage } from './platform.ts';
export { defaults, type Settings } from './settings.ts';
export type { SubscriptionEvent, SubscriptionListener } from './subscription.ts';

/**
 * Connects a member of staff, and keeps connected until `close()`.
 *
 * Returns at once; `state` tells how far it is, and everything that is asked for in the meantime waits. Throws a
 * `TypeError` for options that cannot work.
 */
export function connect(options: ClientOptions): Client {
  return new Client(surroundingsOf(options), options);
}
