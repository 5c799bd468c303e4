import { maximumRounds, waitForTurn } from '../../core/contention.ts';
import { Unavailable, type World } from '../../core/ports.ts';
import { NoAnswer } from '../aws/sockets.ts';
import type { Item } from './operations.ts';

/** Why one item of a transaction was not written; `None` for those that would have been. */
export interface CancellationReason {
  readonly code: string;
  /** The item as it is, where the write asked for it. */
  readonly item?: Item | undefined;
}

interface DynamoDbAnswer {
  /** The exception's name, such as `ValidationException`. */
  readonly name: string;
  readonly message: string;
  /** Of HTTP. */
  readonly status: number;
  /** Of a cancelled transaction, in the order of its items. */
  readonly reasons?: readonly CancellationReason[];
}

/** DynamoDB answered that it did not do it. */
export class DynamoDbError extends Error {
  override readonly name: string;
  readonly status: number;
  readonly reasons: readonly CancellationReason[];

  constructor({ name, message, status, reasons = [] }: DynamoDbAnswer) {
    super(message);
    this.name = name;
    this.status = status;
    this.reasons = reasons;
  }
}

/** Runs a call; a service that throttled, failed or did not answer becomes `Unavailable`. */
export async function available<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw mayPass(error) || isConflict(error)
      ? new Unavailable('DynamoDB throttled or failed', { cause: error })
      : error;
  }
}

/**
 * Runs a transaction: undefined when it was written, or why it was cancelled, in the order of its items. A cancelled
 * transaction is not tried again by the client, also not for a conflict.
 */
export async function transact(
  call: () => Promise<unknown>,
): Promise<readonly CancellationReason[] | undefined> {
  try {
    await available(call);
    return undefined;
  } catch (error) {
    if (error instanceof DynamoDbError && error.name === 'TransactionCanceledException') return error.reasons;
    throw error;
  }
}

/**
 * Runs a single write, again when a transaction was under way on its item, which the client does not. After 20 lost
 * rounds it rejects with `Unavailable`.
 */
export async function pastConflicts<T>(world: World, write: () => Promise<T>): Promise<T> {
  for (let lost = 1; ; lost++) {
    try {
      return await available(write);
    } catch (error) {
      const conflicted = error instanceof Unavailable && isConflict(error.cause);
      if (!conflicted || lost === maximumRounds) throw error;
    }
    await waitForTurn(world, lost);
  }
}

export const conditionFailed = 'ConditionalCheckFailed';

/** Reasons for which the same transaction may succeed in a moment. */
const passing = new Set(['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded']);

/** Whether a cancellation has only reasons that pass. */
export function isContention(reasons: readonly CancellationReason[]): boolean {
  return reasons.every((reason) => reason.code === 'None' || isPassing(reason));
}

export function isPassing({ code }: CancellationReason): boolean {
  return passing.has(code);
}

/** A cancellation that no decision foresaw: a fault of ours. */
export function unexpected(reasons: readonly CancellationReason[]): Error {
  return new Error(`transaction cancelled: ${reasons.map(({ code }) => code).join(', ')}`);
}

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionInProgressException',
]);

/** Whether the same request may succeed in a moment: it was throttled, DynamoDB failed, or there was no answer. */
export function mayPass(error: unknown): boolean {
  if (error instanceof NoAnswer) return true;
  return error instanceof DynamoDbError && (throttles.has(error.name) || error.status >= 500);
}

/** A transaction was under way on the item of a single write. */
function isConflict(error: unknown): boolean {
  return error instanceof DynamoDbError && error.name === 'TransactionConflictException';
}
