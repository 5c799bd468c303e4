/**
 * Which entry file of `lambdas/` answers which route. An action of the wire is a route key of the API.
 */
export const routes = {
  $connect: 'connect',
  $disconnect: 'disconnect',
  $default: 'default',
  subscribe: 'subscribe',
  unsubscribe: 'unsubscribe',
  sendMessage: 'send-message',
  history: 'history',
  conversations: 'conversations',
  route: 'change',
  close: 'change',
  reopen: 'change',
  ping: 'ping',
} as const;

export type RouteKey = keyof typeof routes;
