import {
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  TransactWriteCommand,
} from '@aws-sdk/lib-dynamodb';
import { marshall } from '@aws-sdk/util-dynamodb';
import { available } from '../../../lambdas/adapters/dynamodb/errors.ts';
import type { ReadPage } from '../../../lambdas/adapters/dynamodb/page-reader.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import { expressionsOf, itemOf, keyOf, textOf, writesOf } from './inputs.ts';
import type { Item } from './items.ts';
import type { Reason, SimulatedTable, Write } from './table.ts';

export interface TableClientDependencies {
  readonly table: SimulatedTable;
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly faults: Faults;
  /** Items of one page of members; DynamoDB's page of 1 MB holds some thousands. */
  readonly membersPage: number;
}

/** Partitions that answer with a throttle until some time, by key. */
const hot = new WeakMap<SimulatedTable, Map<string, number>>();

/** Milliseconds of one way to the table and of its work. */
const wayMilliseconds = 1.5;
const workMilliseconds = 1;
/** The adapters' client: three attempts of two seconds. */
const attemptMilliseconds = 2000;

const metadata = { $metadata: { httpStatusCode: 400 } };

/** Never sends anything; it is there to be an instance of what the SDK's paginator insists on. */
const idle = new DynamoDBClient({
  region: 'simulation',
  credentials: { accessKeyId: '', secretAccessKey: '' },
});

const idleDocuments = DynamoDBDocumentClient.from(idle);

/** The document client that the adapters are given: its commands go to the simulated table. */
export function tableClient(
  deps: TableClientDependencies,
  through: <T>(request: () => Promise<T>) => Promise<T>,
): DynamoDBDocumentClient {
  // Every environment has one, and making one is dear: an heir of one will do.
  const client: unknown = Object.create(idleDocuments);
  if (!(client instanceof DynamoDBDocumentClient)) throw new Error('an heir is an instance too');
  const requests = new Requests(deps);
  const send = (command: unknown) => through(() => requests.send(command));
  Object.defineProperty(client, 'send', { value: send, configurable: true });
  return client;
}

/** The lean reader that stands beside the document client, on the same way to the table. */
export function readPageOf(client: DynamoDBDocumentClient): ReadPage {
  return async ({ table, partition, after }) => {
    const query = new QueryCommand({
      TableName: table,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': partition },
      ConsistentRead: true,
      ExclusiveStartKey: after,
    });
    const { Items = [], LastEvaluatedKey: last } = await available(() => client.send(query));
    return { items: Items, ...(last === undefined ? {} : { last: keyOf(last) }) };
  };
}

class Requests {
  readonly #deps: TableClientDependencies;

  constructor(deps: TableClientDependencies) {
    this.#deps = deps;
  }

  /** A request with what the SDK does about it: it comes back answered, or failed after all attempts. */
  async send(command: unknown): Promise<unknown> {
    const { scheduler, random, faults } = this.#deps;
    await scheduler.sleep(random.latency(wayMilliseconds));
    if (faults.strikes('F3 table throttled', nameOf(command)) || this.#isHot(command)) {
      await scheduler.sleep(random.between(0, 400));
      throw new ProvisionedThroughputExceededException({ ...metadata, message: 'throttled' });
    }
    let answer = await this.#execute(command);
    if (faults.strikes('F5 answer of the table lost', nameOf(command))) {
      await scheduler.sleep(attemptMilliseconds);
      if (random.chance(0.5)) throw Object.assign(new Error('no answer'), { name: 'TimeoutError' });
      // The SDK sends a transaction again with the same token, so that it is not done twice; others are.
      if (!(command instanceof TransactWriteCommand) || answer instanceof Error) {
        answer = await this.#execute(command);
      }
    }
    await scheduler.sleep(random.latency(wayMilliseconds));
    if (answer instanceof Error) throw answer;
    return answer;
  }

  /** An error that the table answers with is returned, because on its way back it may be lost as well. */
  async #execute(command: unknown): Promise<object> {
    const { table } = this.#deps;
    if (command instanceof GetCommand) {
      const Item = table.get(keyOf(command.input.Key));
      return Item === undefined ? {} : { Item };
    }
    if (command instanceof QueryCommand) return this.#query(command);
    if (command instanceof TransactWriteCommand) return this.#transact(writesOf(command.input.TransactItems));
    if (command instanceof DeleteCommand) {
      const deleted = table.delete(keyOf(command.input.Key));
      return deleted === 'conflict'
        ? new TransactionConflictException({ ...metadata, message: 'conflict' })
        : { Attributes: deleted.before };
    }
    if (command instanceof BatchGetCommand) return this.#batchGet(command);
    throw new Error('the simulated table does not know this command');
  }

  async #transact(writes: readonly Write[]): Promise<object> {
    const { table, scheduler, random, faults } = this.#deps;
    const [first] = writes;
    if (faults.strikes('F4 transaction cancelled for a passing reason', first?.key.pk ?? '')) {
      const struck = random.whole(0, writes.length - 1);
      const code = random.pick(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);
      return cancelled(writes.map((_, at) => ({ code: at === struck ? code : 'None' })));
    }
    const reasons = table.prepare(writes);
    if (reasons !== undefined) {
      if (reasons.some(({ code }) => code === 'TransactionConflict')) {
        faults.count('F4 transaction conflicted', first?.key.pk ?? '');
      }
      return cancelled(reasons);
    }
    await scheduler.sleep(random.latency(workMilliseconds));
    table.finish(writes);
    return {};
  }

  #query({ input }: QueryCommand): object {
    const { table, faults, membersPage } = this.#deps;
    const query = {
      ...expressionsOf(input),
      expression: textOf(input.KeyConditionExpression),
      index: input.IndexName !== undefined,
      forward: input.ScanIndexForward ?? true,
      limit: input.Limit ?? Number.POSITIVE_INFINITY,
      after: input.ExclusiveStartKey === undefined ? undefined : keyOf(input.ExclusiveStartKey).sk,
    };
    const isGroup = input.Limit === undefined;
    const { items, last } = table.query(query, isGroup ? membersPage : Number.POSITIVE_INFINITY);
    if (query.after !== undefined && items.length > 0)
      faults.count('F29 more than one page', query.expression);
    return { Items: items, ...(last ? { LastEvaluatedKey: { pk: last.pk, sk: last.sk } } : {}) };
  }

  #batchGet({ input }: BatchGetCommand): object {
    const [name, asked] = Object.entries(input.RequestItems ?? {})[0] ?? ['', undefined];
    const [Items, Keys]: [Item[], unknown[]] = [[], []];
    for (const key of asked?.Keys ?? []) {
      const item = this.#leaves(name) ? 'left' : this.#deps.table.get(keyOf(key));
      if (item === 'left') Keys.push(key);
      else if (item !== undefined) Items.push(itemOf(item));
    }
    return {
      Responses: { [name]: Items },
      UnprocessedKeys: Keys.length === 0 ? {} : { [name]: { Keys } },
    };
  }

  #leaves(name: string): boolean {
    return this.#deps.faults.strikes('F29 batch partly unprocessed', name);
  }

  /** Now and then a conversation's partition takes no more for some seconds. */
  #isHot(command: unknown): boolean {
    const { table, scheduler, random, faults } = this.#deps;
    const partition = partitionOf(command);
    if (partition === undefined) return false;
    const until = hot.get(table) ?? new Map<string, number>();
    hot.set(table, until);
    if (faults.strikes('F19 partition hot', partition)) {
      until.set(partition, scheduler.now + random.between(500, 6000));
    }
    return faults.areOn && scheduler.now < (until.get(partition) ?? 0);
  }
}

/** The partition of a conversation that a command is about. */
function partitionOf(command: unknown): string | undefined {
  if (command instanceof TransactWriteCommand) {
    for (const { Put, Update, Delete } of command.input.TransactItems ?? []) {
      const { pk, sk } = keyOf(Put?.Item ?? Update?.Key ?? Delete?.Key);
      if (sk === 'HEAD') return pk;
    }
    return undefined;
  }
  return command instanceof GetCommand ? keyOf(command.input.Key).pk : undefined;
}

function cancelled(reasons: readonly Reason[]): Error {
  return new TransactionCanceledException({
    ...metadata,
    message: 'cancelled',
    CancellationReasons: reasons.map(({ code, item }) => ({
      Code: code,
      ...(item === undefined ? {} : { Item: marshall(item, { removeUndefinedValues: true }) }),
    })),
  });
}

function nameOf(command: unknown): string {
  return typeof command === 'object' && command !== null ? command.constructor.name : 'command';
}
