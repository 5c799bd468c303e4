import { connectionsApi } from './adapters/api-gateway/connections-api.ts';
import { createTableClient, type Table } from './adapters/dynamodb/client.ts';
import { DynamoConnectionStore } from './adapters/dynamodb/connection-store.ts';
import { DynamoConversationStore } from './adapters/dynamodb/conversation-store.ts';
import { pageReader } from './adapters/dynamodb/page-reader.ts';
import {
  dynamoDbEndpoint,
  groupShardsSetting,
  lambdaSurroundings,
  originSetting,
  setting,
  tokenTrustSetting,
} from './adapters/environment.ts';
import { jsonLog } from './adapters/json-log.ts';
import { tokenVerifier } from './adapters/token/verifier.ts';
import { machine } from './adapters/world.ts';
import type { Dependencies } from './core/dependencies.ts';
import { Heads } from './core/heads.ts';

/*
 * Where the real parts are put together. Each entry file takes what its route needs and no more, so that its bundle
 * holds no more: a part that is not taken is shaken off.
 */

/** Time, randomness and the log. */
export function surroundings() {
  return { world: machine, log: jsonLog((line) => process.stdout.write(line)) };
}

export function conversationStore() {
  return { conversations: new DynamoConversationStore(table(), machine) };
}

export function connectionStore() {
  return { connections: new DynamoConnectionStore(table(), machine, groupShardsSetting()) };
}

export function gateway() {
  const { log } = surroundings();
  return {
    gateway: connectionsApi({ endpoint: setting('connectionsEndpoint'), ...lambdaSurroundings(), log }),
  };
}

/** Everything that storing and telling needs. */
export function everything(): Dependencies {
  return {
    ...surroundings(),
    ...conversationStore(),
    ...connectionStore(),
    ...gateway(),
    heads: new Heads(),
  };
}

/** Whose tokens open a connection, and from which pages. */
export function trust() {
  const issuer = tokenTrustSetting();
  return {
    verifier: tokenVerifier(issuer, surroundings()),
    claimNames: issuer.claims,
    origins: originSetting(),
  };
}

let known: Table | undefined;

/** One for both stores: one pool of connections in a warm function. */
function table(): Table {
  known ??= {
    name: setting('tableName'),
    client: createTableClient(),
    readPage: pageReader({ endpoint: dynamoDbEndpoint(), ...lambdaSurroundings(), world: machine }),
  };
  return known;
}
