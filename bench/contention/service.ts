import { setTimeout as sleep } from 'node:timers/promises';
import {
  ConditionalCheckFailedException,
  ProvisionedThroughputExceededException,
  TransactionCanceledException,
  TransactionConflictException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import * as v from 'valibot';
import { itemBytes, writeUnits } from './arithmetic.ts';
import { Partitions } from './partitions.ts';
import { requestOf, type Request } from './requests.ts';

/** What passed. Units are `ReturnConsumedCapacity`, but for refusals, of which the engine says nothing. */
export interface Passed {
  writeUnits: number;
  readUnits: number;
  /** Requests that may store a message, those that the SDK repeats too. */
  commits: number;
  refusedConditions: number;
  conflicts: number;
  throttles: number;
}

/**
 * What DynamoDB does and the engine behind it does not: a trip takes time, a partition takes 1,000 write units a second,
 * and a transaction excludes others from its items.
 *
 * It stands between the SDK's retries and the wire. A refused condition costs what the item there costs to write
 * ("Conditional updates": the size of the existing item, one unit at least). What a cancelled transaction costs is not
 * documented to the unit: counted is one unit for each item, all of which are under 1 KB: half of what it costs when it
 * succeeds. A conflict is counted as nothing, so that the way with transactions is rather flattered.
 */
export class Service {
  passed = nothing();
  readonly #tripMilliseconds: number;
  readonly #partitions: Partitions;
  readonly #locked = new Set<string>();

  constructor({ tripMilliseconds, limited }: { tripMilliseconds: number; limited: boolean }) {
    this.#tripMilliseconds = tripMilliseconds;
    this.#partitions = new Partitions(limited);
  }

  /** Counts anew, with partitions that have been idle for a second. */
  reset(): void {
    this.passed = nothing();
    this.#partitions.reset();
  }

  through(client: DynamoDBDocumentClient): void {
    client.middlewareStack.add(
      (next) => (args) => next({ ...args, input: { ...args.input, ReturnConsumedCapacity: 'INDEXES' } }),
      { step: 'serialize', priority: 'high', name: 'askForUnits' },
    );
    client.middlewareStack.add(
      (next, { commandName }) =>
        async (args) => {
          await sleep(this.#tripMilliseconds / 2);
          const answer = await this.#arrived(requestOf(String(commandName), args.input), () => next(args));
          await sleep(this.#tripMilliseconds / 2);
          return answer;
        },
      { step: 'finalizeRequest', priority: 'low', name: 'service' },
    );
  }

  async #arrived<T extends { output: object }>(request: Request, send: () => Promise<T>): Promise<T> {
    if (request.isCommit) this.passed.commits++;
    if (request.partitions.some((partition) => this.#partitions.isThrottled(partition, request.writes))) {
      this.passed.throttles++;
      throw throttled(request);
    }
    const taken = request.writes ? request.keys.filter((key) => this.#locked.has(key)) : [];
    if (taken.length > 0) {
      this.passed.conflicts++;
      throw conflicted(request, taken);
    }
    if (request.isTransaction) for (const key of request.keys) this.#locked.add(key);
    try {
      const answer = await send();
      this.#pay(request, unitsOf(answer.output));
      return answer;
    } catch (error) {
      this.#payForRefusal(request, error);
      throw error;
    } finally {
      if (request.isTransaction) for (const key of request.keys) this.#locked.delete(key);
    }
  }

  #pay(request: Request, { table, index }: { table: number; index: number }): void {
    if (request.writes) this.passed.writeUnits += table + index;
    else this.passed.readUnits += table + index;
    const [first = ''] = request.partitions;
    this.#partitions.pay(first, table, request.writes);
    this.#partitions.pay('index', index, request.writes);
  }

  #payForRefusal(request: Request, error: unknown): void {
    if (error instanceof ConditionalCheckFailedException) {
      this.passed.refusedConditions++;
      this.#pay(request, { table: writeUnits(error.Item ? itemBytes(error.Item) : 0), index: 0 });
    }
    if (error instanceof TransactionCanceledException) {
      this.passed.refusedConditions++;
      this.#pay(request, { table: request.keys.length, index: 0 });
    }
  }
}

function nothing(): Passed {
  return { writeUnits: 0, readUnits: 0, commits: 0, refusedConditions: 0, conflicts: 0, throttles: 0 };
}

const capacity = v.object({
  Table: v.optional(v.object({ CapacityUnits: v.number() })),
  GlobalSecondaryIndexes: v.optional(v.record(v.string(), v.object({ CapacityUnits: v.number() }))),
});
const consumed = v.object({ ConsumedCapacity: v.optional(v.union([v.array(capacity), capacity])) });

/** What the engine says that an answered request cost. */
export function unitsOf(output: unknown): { table: number; index: number } {
  const { ConsumedCapacity = [] } = v.parse(consumed, output);
  const each = Array.isArray(ConsumedCapacity) ? ConsumedCapacity : [ConsumedCapacity];
  let [table, index] = [0, 0];
  for (const { Table, GlobalSecondaryIndexes } of each) {
    table += Table?.CapacityUnits ?? 0;
    for (const { CapacityUnits } of Object.values(GlobalSecondaryIndexes ?? {})) index += CapacityUnits;
  }
  return { table, index };
}

const refusal = { $metadata: { httpStatusCode: 400 }, message: 'refused' };

function throttled({ isTransaction, keys }: Request): Error {
  return isTransaction
    ? new TransactionCanceledException({
        ...refusal,
        CancellationReasons: keys.map(() => ({ Code: 'ThrottlingError' })),
      })
    : new ProvisionedThroughputExceededException(refusal);
}

function conflicted({ isTransaction, keys }: Request, taken: readonly string[]): Error {
  return isTransaction
    ? new TransactionCanceledException({
        ...refusal,
        CancellationReasons: keys.map((key) => ({
          Code: taken.includes(key) ? 'TransactionConflict' : 'None',
        })),
      })
    : new TransactionConflictException(refusal);
}
