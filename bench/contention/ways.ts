import { DynamoDBClient, CreateTableCommand, type Projection } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { Table } from '../../lambdas/adapters/dynamodb/client.ts';
import { DynamoConversationStore } from '../../lambdas/adapters/dynamodb/conversation-store.ts';
import { pageReader } from '../../lambdas/adapters/dynamodb/page-reader.ts';
import { machine } from '../../lambdas/adapters/world.ts';
import { table as schema } from '../../lambdas/contract/table.ts';
import { append, type Appended } from '../../lambdas/core/append.ts';
import type { Conversation, ConversationRef, Entry } from '../../lambdas/core/conversation.ts';
import { Unavailable } from '../../lambdas/core/ports.ts';
import { Heads } from '../../lambdas/core/heads.ts';
import { appendInHead } from './in-head/append.ts';
import { page } from './in-head/page.ts';
import type { Head } from './in-head/shapes.ts';
import { HeadStore } from './in-head/store.ts';
import { appendInLine } from './in-line.ts';
import type { Attempt } from './proposals.ts';
import type { Service } from './service.ts';

/** A design, on a table of its own. */
export interface Way {
  readonly name: string;
  create(conversation: Conversation): Promise<void>;
  /** A function environment of its own, which remembers what it has seen. */
  writer(): Writer;
  page(ref: ConversationRef, from: number, to: number): Promise<readonly Entry[]>;
}

export interface Writer {
  append(attempt: Attempt): Promise<Appended>;
  /** Resolves once nothing of it is under way. */
  idle(): Promise<void>;
}

const caller = { region: 'us-east-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } };

/** As the adapters' client, with a socket for everyone: a function environment has its own. */
function clientOf(endpoint: string): DynamoDBClient {
  return new DynamoDBClient({
    endpoint,
    ...caller,
    maxAttempts: 3,
    requestHandler: { requestTimeout: 10_000, httpAgent: { maxSockets: 500, keepAlive: true } },
  });
}

const everything: Projection = { ProjectionType: 'ALL' };
/** What a list shows of a conversation; its log is no part of that. */
const rowOfAList: Projection = {
  ProjectionType: 'INCLUDE',
  NonKeyAttributes: [
    'hotelId',
    'conversationId',
    'department',
    'status',
    'guest',
    'head',
    'updatedAt',
    'preview',
    'stateAt',
  ],
};

export async function waysOn(endpoint: string, service: Service) {
  const client = clientOf(endpoint);
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  const tables: Table[] = [];
  for (const [name, projection] of [
    ['today', everything],
    ['line', everything],
    ['head', rowOfAList],
  ] as const) {
    await client.send(new CreateTableCommand(description(name, projection)));
    tables.push({ name, client: documents, readPage: pageReader({ endpoint, ...caller, world: machine }) });
  }
  service.through(documents);
  const [today, line, head] = tables;
  if (today === undefined || line === undefined || head === undefined) throw new Error('three tables');
  return { ways: [asToday(today), inLine(line), inHead(head)], tables, stop: () => client.destroy() };
}

function asToday(table: Table): Way {
  const conversations = new DynamoConversationStore(table, machine);
  return {
    name: 'today',
    ...storedAsToday(conversations),
    writer() {
      const heads = new Heads();
      return { append: (attempt) => append({ conversations, heads, world: machine }, attempt), idle: done };
    },
  };
}

function inLine(table: Table): Way {
  const conversations = new DynamoConversationStore(table, machine);
  const deps = { conversations, heads: new Heads(), world: machine };
  return {
    name: 'in line',
    ...storedAsToday(conversations),
    writer: () => ({ append: (attempt) => appendInLine(deps, table, attempt), idle: done }),
  };
}

function storedAsToday(conversations: DynamoConversationStore): Pick<Way, 'create' | 'page'> {
  return {
    async create(next) {
      await conversations.commit({ next });
    },
    async page(ref, from, to) {
      const range = { kind: 'after', seq: from - 1, limit: to - from + 1 } as const;
      const [, { entries }] = await Promise.all([conversations.read(ref), conversations.page(ref, range)]);
      return entries;
    },
  };
}

function inHead(table: Table): Way {
  const store = new HeadStore(table, machine);
  return {
    name: 'in the head',
    create: (conversation) => store.create(conversation),
    page: (ref, from, to) => page(store, ref, from, to),
    writer() {
      let known: Head | undefined;
      const underWay = new Set<Promise<unknown>>();
      const later = (work: () => Promise<unknown>) => void underWay.add(work().catch(givenUp));
      return {
        async append(attempt) {
          const appended = await appendInHead({ store, world: machine, later }, attempt, known);
          if (appended.head !== undefined) known = appended.head;
          return appended;
        },
        async idle() {
          await Promise.all(underWay);
          underWay.clear();
        },
      };
    },
  };
}

/** The next writer cuts. */
function givenUp(error: unknown): void {
  if (!(error instanceof Unavailable)) throw error;
}

async function done(): Promise<void> {}

function description(TableName: string, projection: Projection) {
  const { partitionKey, sortKey, activityIndex } = schema;
  const attributes = [partitionKey, sortKey, activityIndex.partitionKey, activityIndex.sortKey];
  return {
    TableName,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: attributes.map((AttributeName) => ({ AttributeName, AttributeType: 'S' as const })),
    KeySchema: keySchema(partitionKey, sortKey),
    GlobalSecondaryIndexes: [
      {
        IndexName: activityIndex.name,
        KeySchema: keySchema(activityIndex.partitionKey, activityIndex.sortKey),
        Projection: projection,
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
