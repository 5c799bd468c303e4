import { TransactionCanceledException, TransactionConflictException } from '@aws-sdk/client-dynamodb';
import { unmarshall } from '@aws-sdk/util-dynamodb';
import { maximumRounds, waitForTurn } from '../../core/contention.ts';
import { Unavailable, type World } from '../../core/ports.ts';

/** Why one item of a transaction was not written; `None` for those that would have been. */
export interface CancellationReason {
  readonly code: string;
  /** The item as it is, where the write asked for it. */
  readonly item?: unknown;
}

/** Runs a call; a service that throttled, failed or did not answer becomes `Unavailable`. */
export async function available<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (error) {
    throw isUnavailability(error) ? new Unavailable('DynamoDB throttled or failed', { cause: error }) : error;
  }
}

/**
 * Runs a transaction: undefined when it was written, or why it was cancelled, in the order of its items.
 *
 * The SDK never tries a cancelled transaction again by itself, also not for a conflict.
 */
export async function transact(
  call: () => Promise<unknown>,
): Promise<readonly CancellationReason[] | undefined> {
  try {
    await available(call);
    return undefined;
  } catch (error) {
    if (error instanceof TransactionCanceledException) return reasonsOf(error);
    throw error;
  }
}

/**
 * Runs a single write, again when a transaction was under way on its item: the SDK does not, because DynamoDB answers
 * a conflict with 400. After 20 lost rounds it rejects with `Unavailable`.
 */
export async function pastConflicts<T>(world: World, write: () => Promise<T>): Promise<T> {
  for (let lost = 1; ; lost++) {
    try {
      return await available(write);
    } catch (error) {
      const conflicted = error instanceof Unavailable && error.cause instanceof TransactionConflictException;
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

function reasonsOf(error: TransactionCanceledException): CancellationReason[] {
  return (error.CancellationReasons ?? []).map(({ Code, Item }) => ({
    code: Code ?? 'None',
    ...(Item === undefined ? {} : { item: unmarshall(Item) }),
  }));
}

const throttles = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'TransactionInProgressException',
  'TransactionConflictException',
]);

/** Whether an exception of this name says that the same request may succeed in a moment. */
export function isThrottle(name: string): boolean {
  return throttles.has(name);
}

/** Anything that is not a definite answer to the request itself: throttles, 5xx, timeouts and broken connections. */
function isUnavailability(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  if (isThrottle(error.name)) return true;
  const status = httpStatusOf(error);
  if (status === undefined) return isNetworkError(error);
  // An error with a status of success is an answer that broke off on its way.
  return status >= 500 || status < 300;
}

/** By code or name: the SDK hands on Node's socket errors, and throws `TimeoutError` itself. */
function isNetworkError(error: Error): boolean {
  return 'code' in error || error.name === 'TimeoutError' || error.name === 'AbortError';
}

function httpStatusOf(error: Error): number | undefined {
  if (!('$metadata' in error) || typeof error.$metadata !== 'object' || error.$metadata === null)
    return undefined;
  const { $metadata } = error;
  return 'httpStatusCode' in $metadata && typeof $metadata.httpStatusCode === 'number'
    ? $metadata.httpStatusCode
    : undefined;
}
