import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CreateTableCommand, DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../lambdas/adapters/dynamodb/client.ts';
import { pageReader } from '../../lambdas/adapters/dynamodb/page-reader.ts';
import { machine } from '../../lambdas/adapters/world.ts';
import { table as schema } from '../../lambdas/contract/table.ts';
import { listenLocally } from '../../local/src/command-line/index.ts';

const binary = join(import.meta.dirname, '../../node_modules/@dynoxide/linux-x64/dynoxide');

export interface Engine {
  readonly endpoint: string;
  /** Makes the application's table, empty, under this name. */
  table(name: string): Promise<Table>;
  stop(): Promise<void>;
}

/** Starts a DynamoDB engine in memory, on a free port of 127.0.0.1. */
export async function startEngine(): Promise<Engine> {
  const port = await freePort();
  const child = spawn(binary, ['serve', '--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
  const exited = once(child, 'exit');
  const kill = () => void child.kill('SIGKILL');
  process.once('exit', kill);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = clientOf(endpoint);
  await answering(client);
  return {
    endpoint,
    async table(name) {
      await client.send(new CreateTableCommand(description(name)));
      return {
        client: DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } }),
        name,
        readPage: pageReader({ endpoint, ...nobody, world: machine }),
      };
    },
    async stop() {
      client.destroy();
      process.off('exit', kill);
      kill();
      await exited;
    },
  };
}

/** A client whose credentials mean nothing. */
export function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({ endpoint, ...nobody });
}

const nobody = {
  region: 'us-east-1',
  credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
};

function description(name: string) {
  const { partitionKey, sortKey, activityIndex } = schema;
  const attributes = [partitionKey, sortKey, activityIndex.partitionKey, activityIndex.sortKey];
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema(partitionKey, sortKey),
    GlobalSecondaryIndexes: [
      {
        IndexName: activityIndex.name,
        KeySchema: keySchema(activityIndex.partitionKey, activityIndex.sortKey),
        Projection: { ProjectionType: 'ALL' as const },
      },
    ],
  };
}

function keySchema(hash: string, range: string) {
  return [
    { AttributeName: hash, KeyType: 'HASH' as const },
    { AttributeName: range, KeyType: 'RANGE' as const },
  ];
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listenLocally(server, 0);
  await new Promise((closed) => server.close(closed));
  return port;
}

async function answering(client: DynamoDBClient): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    try {
      await client.send(new ListTablesCommand({}));
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(20);
    }
  }
}
