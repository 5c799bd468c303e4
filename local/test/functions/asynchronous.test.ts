import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { parseJson } from '../../src/json.ts';
import type { FunctionModel } from '../../src/model.ts';
import { eventually } from '../support/eventually.ts';
import { arnOf, functionModel, testedFunctions, type TestedFunctions } from '../support/local-functions.ts';
import { manualClock, type ManualClock } from '../support/manual-clock.ts';

const onFailure = 'arn:aws:sqs:eu-west-1:111122223333:failed-events';
const minute = 60_000;

interface Accepted extends TestedFunctions {
  readonly clock: ManualClock;
  readonly requestId: string;
  /** Waits until the function failed so often. */
  readonly failures: (count: number) => Promise<void>;
  /** Waits until nothing but a retry is pending, so that moving time moves that one. */
  readonly settled: () => Promise<void>;
  readonly queue: () => unknown[];
}

/** Accepts one event for a function that always throws. */
function acceptedEvent(changes: Partial<FunctionModel['asynchronous']> = {}): Accepted {
  const clock = manualClock();
  const asynchronous = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600, onFailure, ...changes };
  const tested = testedFunctions([functionModel('misbehaving.throws', { asynchronous })], { clock });
  const found = tested.functions.find(arnOf('misbehaving.throws'));
  if (found === undefined) throw new Error('The function is not there.');
  const requestId = tested.functions.invokeAsynchronously(found, '{"room":12}') ?? '';
  const file = join(tested.dataDirectory, 'queues', 'failed-events.jsonl');
  return {
    ...tested,
    clock,
    requestId,
    failures: (count) => eventually(() => expect(tested.output).toHaveLength(count)),
    // The environment's removal is one task on the clock; the retry of the event is the other.
    settled: () => eventually(() => expect(clock.pending()).toBe(2)),
    queue: () => (existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n').map(parseJson) : []),
  };
}

it('runs an event that fails again after one minute and after two more, then sends it to the destination', async () => {
  const { clock, failures, settled, output, queue, requestId } = acceptedEvent();
  await failures(1);
  await settled();
  clock.advance(minute - 1);
  expect(clock.pending()).toBe(2);
  clock.advance(1);
  await failures(2);
  await settled();
  expect(queue()).toEqual([]);
  clock.advance(2 * minute);
  await failures(3);
  await eventually(() => expect(queue()).toHaveLength(1));
  expect(queue()).toMatchObject([
    {
      version: '1.0',
      requestContext: {
        requestId,
        functionArn: `${arnOf('misbehaving.throws')}:$LATEST`,
        condition: 'RetriesExhausted',
        approximateInvokeCount: 3,
      },
      requestPayload: { room: 12 },
      responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
      responsePayload: { errorType: 'TypeError', errorMessage: 'no such room' },
    },
  ]);
  clock.advance(10 * minute);
  expect(output).toHaveLength(3);
});

it('keeps the request id over the retries', async () => {
  const { clock, failures, settled, output, requestId } = acceptedEvent({ maximumRetryAttempts: 1 });
  await failures(1);
  await settled();
  clock.advance(minute);
  await failures(2);
  expect(output.map((line) => line.requestId)).toEqual([requestId, requestId]);
});

it('does not retry an event that would be too old then', async () => {
  const { failures, queue } = acceptedEvent({ maximumEventAgeSeconds: 60 - 1 });
  await failures(1);
  await eventually(() =>
    expect(queue()).toMatchObject([{ requestContext: { condition: 'EventAgeExceeded' } }]),
  );
});

it('does not retry when the function has no retries', async () => {
  const { failures, queue } = acceptedEvent({ maximumRetryAttempts: 0 });
  await failures(1);
  await eventually(() => expect(queue()).toMatchObject([{ requestContext: { approximateInvokeCount: 1 } }]));
});

it('says so when an event is given up that has no destination', async () => {
  const clock = manualClock();
  const asynchronous = { maximumRetryAttempts: 0, maximumEventAgeSeconds: 60 };
  const { functions, log } = testedFunctions([functionModel('misbehaving.throws', { asynchronous })], {
    clock,
  });
  const found = functions.find('misbehaving-throws');
  const requestId = found && functions.invokeAsynchronously(found, '{}');
  await eventually(() =>
    expect(log).toEqual([
      `Event ${requestId} of misbehaving-throws is given up: RetriesExhausted, and no destination.`,
    ]),
  );
});

it('tries a throttled event again, sooner than one that failed', async () => {
  const clock = manualClock();
  const { functions } = testedFunctions([functionModel('warm.count', { reservedConcurrency: 0 })], { clock });
  const found = functions.find('warm-count');
  if (found !== undefined) functions.invokeAsynchronously(found, '{}');
  const invoked = vi.spyOn(found?.pool ?? { invoke: () => undefined }, 'invoke');
  for (const seconds of [1, 2, 4]) {
    await eventually(() => expect(clock.pending()).toBe(1));
    clock.advance(seconds * 1000);
  }
  expect(invoked).toHaveBeenCalledTimes(3);
});

it('drops what waits for a retry when the run is stopped, and names it', async () => {
  const { functions, failures, settled, log, clock, requestId, queue } = acceptedEvent();
  await failures(1);
  await settled();
  await functions.stop();
  expect(log).toEqual([`Dropped at the stop: event ${requestId} that misbehaving-throws had accepted.`]);
  expect(clock.pending()).toBe(0);
  expect(queue()).toEqual([]);
});
