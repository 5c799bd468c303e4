import { authorizerRoute } from '../../../lambdas/adapters/api-gateway/authorizer.ts';
import { connectRoute, disconnectRoute } from '../../../lambdas/adapters/api-gateway/connection-routes.ts';
import { messageRoute } from '../../../lambdas/adapters/api-gateway/message-route.ts';
import { DynamoConnectionStore } from '../../../lambdas/adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from '../../../lambdas/adapters/dynamodb/conversation-store.ts';
import type { Table } from '../../../lambdas/adapters/dynamodb/client.ts';
import { change } from '../../../lambdas/core/change.ts';
import { conversations } from '../../../lambdas/core/conversations.ts';
import type { Dependencies } from '../../../lambdas/core/dependencies.ts';
import { Heads } from '../../../lambdas/core/heads.ts';
import { history } from '../../../lambdas/core/history.ts';
import { handleInvocation } from '../../../lambdas/core/notify/batch.ts';
import { ping } from '../../../lambdas/core/ping.ts';
import type { Gateway } from '../../../lambdas/core/ports.ts';
import { sendMessage } from '../../../lambdas/core/send-message.ts';
import { subscribe, unsubscribe } from '../../../lambdas/core/subscribe.ts';
import { handler as defaultHandler } from '../../../lambdas/default.ts';
import type { FunctionName } from '../../../lib/function-rows.ts';
import { claimNames, simulatedVerifier } from '../clients/tokens.ts';
import type { Environment } from './environment.ts';

export type Handler = (event: unknown) => Promise<unknown>;

/** What a function is given from outside, and what a planted bug may change of it. */
export interface Outside {
  readonly table: Table;
  readonly gateway: Gateway;
}

/** Changes what the functions are made of: nothing, or a planted bug. */
export interface Variation {
  dependencies?(deps: Dependencies, environment: Environment): Dependencies;
  handler?(name: FunctionName, handler: Handler, deps: Dependencies): Handler;
}

/** Over how many partitions a group is spread here: more than one, so that reading them all is tried. */
const groupShards = 2;

/** The dependencies of one environment, as `lambdas/composition.ts` wires them. */
export function dependenciesOf(environment: Environment, { table, gateway }: Outside): Dependencies {
  const { world, log } = environment;
  return {
    world,
    log,
    conversations: new DynamoConversationStore(table, world),
    connections: new DynamoConnectionStore(table, world, groupShards),
    gateway,
    heads: new Heads(),
  };
}

/** Every entry file of `lambdas/`, by its name. */
export const entries: Readonly<Record<FunctionName, (deps: Dependencies) => Handler>> = {
  authorizer: ({ world, log }) =>
    authorizerRoute({
      world,
      log,
      verifier: simulatedVerifier,
      claimNames,
      origins: { allowed: ['*'], required: false },
    }),
  connect: connectRoute,
  disconnect: disconnectRoute,
  default: () => defaultHandler,
  subscribe: (deps) => messageRoute(['subscribe'], deps, subscribe),
  unsubscribe: (deps) => messageRoute(['unsubscribe'], deps, unsubscribe),
  'send-message': (deps) => messageRoute(['sendMessage'], deps, sendMessage),
  history: (deps) => messageRoute(['history'], deps, history),
  conversations: (deps) => messageRoute(['conversations'], deps, conversations),
  change: (deps) => messageRoute(['route', 'close', 'reopen'], deps, change),
  ping: (deps) => messageRoute(['ping'], deps, ping),
  notify: (deps) => (input) => handleInvocation(deps, input),
};
