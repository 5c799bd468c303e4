import type { TableClient } from '../../../lambdas/adapters/dynamodb/client.ts';
import { NoAnswer } from '../../../lambdas/adapters/aws/sockets.ts';
import { DynamoDbError } from '../../../lambdas/adapters/dynamodb/errors.ts';
import type { Input, Item, Operation, Output } from '../../../lambdas/adapters/dynamodb/operations.ts';
import type { Faults } from '../faults.ts';
import type { Random } from '../kernel/random.ts';
import type { Scheduler } from '../kernel/scheduler.ts';
import { projected } from './expressions.ts';
import { keyOf, writesOf } from './inputs.ts';
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

/** The client that the adapters are given: its requests go to the simulated table. */
export function tableClient(
  deps: TableClientDependencies,
  through: <T>(request: () => Promise<T>) => Promise<T>,
): TableClient {
  const requests = new Requests(deps);
  return { send: (operation, input) => through(() => requests.send(operation, input)) };
}

/** What an operation comes to: its answer, or an error that the table answers with. */
type Executed<O extends Operation> = Output<O> | DynamoDbError;

class Requests {
  readonly #deps: TableClientDependencies;

  /** An error is returned and not thrown, because on its way back it may be lost as well. */
  readonly #operations: { readonly [O in Operation]: (input: Input<O>) => Promise<Executed<O>> } = {
    GetItem: ({ Key }) => Promise.resolve({ Item: this.#deps.table.get(Key) }),
    Query: (input) => Promise.resolve(this.#query(input)),
    TransactWriteItems: ({ TransactItems }) => this.#transact(writesOf(TransactItems)),
    DeleteItem: ({ Key }) => {
      const deleted = this.#deps.table.delete(Key);
      return Promise.resolve(
        deleted === 'conflict' ? refused('TransactionConflictException') : { Attributes: deleted.before },
      );
    },
    BatchWriteItem: (input) => Promise.resolve(this.#batchWrite(input)),
    BatchGetItem: (input) => Promise.resolve(this.#batchGet(input)),
  };

  constructor(deps: TableClientDependencies) {
    this.#deps = deps;
  }

  /** A request with what the client does about it: it comes back answered, or failed after all attempts. */
  async send<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const { scheduler, random, faults } = this.#deps;
    await scheduler.sleep(random.latency(wayMilliseconds));
    if (faults.strikes('F3 table throttled', operation) || this.#isHot(operation, input)) {
      await scheduler.sleep(random.between(0, 400));
      throw refused('ProvisionedThroughputExceededException');
    }
    let answer = await this.#operations[operation](input);
    if (faults.strikes('F5 answer of the table lost', operation)) {
      await scheduler.sleep(attemptMilliseconds);
      if (random.chance(0.5)) throw new NoAnswer('no answer');
      // A transaction is sent again with the same token, so that it is not done twice; others are.
      if (operation !== 'TransactWriteItems' || answer instanceof DynamoDbError) {
        answer = await this.#operations[operation](input);
      }
    }
    await scheduler.sleep(random.latency(wayMilliseconds));
    if (answer instanceof DynamoDbError) throw answer;
    return answer;
  }

  async #transact(writes: readonly Write[]): Promise<Executed<'TransactWriteItems'>> {
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

  #query(input: Input<'Query'>): Output<'Query'> {
    const { table, faults, membersPage } = this.#deps;
    const query = {
      ...input,
      expression: input.KeyConditionExpression,
      index: input.IndexName !== undefined,
      forward: input.ScanIndexForward ?? true,
      limit: input.Limit ?? Number.POSITIVE_INFINITY,
      after: input.ExclusiveStartKey === undefined ? undefined : keyOf(input.ExclusiveStartKey).sk,
    };
    const isGroup = input.Limit === undefined;
    const { items, last } = table.query(query, isGroup ? membersPage : Number.POSITIVE_INFINITY);
    if (query.after !== undefined && items.length > 0)
      faults.count('F29 more than one page', query.expression);
    const Items = items.map((item) => projected(item, input.ProjectionExpression, input));
    return { Items, ...(last ? { LastEvaluatedKey: { pk: last.pk, sk: last.sk } } : {}) };
  }

  #batchWrite({ RequestItems }: Input<'BatchWriteItem'>): Output<'BatchWriteItem'> {
    const { table } = this.#deps;
    const unprocessed: Record<string, Item[]> = {};
    for (const [name, requests] of Object.entries(RequestItems)) {
      for (const { DeleteRequest } of requests) {
        const { Key } = DeleteRequest;
        if (this.#leaves(name) || table.delete(Key) === 'conflict')
          (unprocessed[name] ??= []).push({ ...Key });
      }
    }
    return { unprocessed };
  }

  #batchGet({ RequestItems }: Input<'BatchGetItem'>): Output<'BatchGetItem'> {
    const [name, asked] = Object.entries(RequestItems)[0] ?? ['', undefined];
    const [items, left]: [Item[], Item[]] = [[], []];
    for (const key of asked?.Keys ?? []) {
      const item = this.#leaves(name) ? 'left' : this.#deps.table.get(key);
      if (item === 'left') left.push({ ...key });
      else if (item !== undefined) items.push(item);
    }
    return { Responses: { [name]: items }, unprocessed: { [name]: left } };
  }

  #leaves(name: string): boolean {
    return this.#deps.faults.strikes('F29 batch partly unprocessed', name);
  }

  /** Now and then a conversation's partition takes no more for some seconds. */
  #isHot<O extends Operation>(operation: O, input: Input<O>): boolean {
    const { table, scheduler, random, faults } = this.#deps;
    const partition = partitionOf(operation, input);
    if (partition === undefined) return false;
    const until = hot.get(table) ?? new Map<string, number>();
    hot.set(table, until);
    if (faults.strikes('F19 partition hot', partition)) {
      until.set(partition, scheduler.now + random.between(500, 6000));
    }
    return faults.areOn && scheduler.now < (until.get(partition) ?? 0);
  }
}

/** The partition of a conversation that a request is about. */
function partitionOf<O extends Operation>(operation: O, input: Input<O>): string | undefined {
  if ('TransactItems' in input) {
    for (const { Put, Update, Delete } of input.TransactItems) {
      const key = Update?.Key ?? Delete?.Key ?? (Put && keyOf(Put.Item));
      if (key?.sk === 'HEAD') return key.pk;
    }
    return undefined;
  }
  return operation === 'GetItem' && 'Key' in input ? input.Key.pk : undefined;
}

function cancelled(reasons: readonly Reason[]): DynamoDbError {
  return refused('TransactionCanceledException', reasons);
}

function refused(name: string, reasons: readonly Reason[] = []): DynamoDbError {
  return new DynamoDbError({ name, message: name, status: 400, reasons });
}
