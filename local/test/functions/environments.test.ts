import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import type { OutputLine } from '../../src/functions/function-output.ts';
import { isRecord } from '../../src/json.ts';
import { eventually } from '../support/eventually.ts';
import { arnOf, errorOf, functionModel, returned, testedFunctions } from '../support/local-functions.ts';
import { manualClock } from '../support/manual-clock.ts';
import { isFrozen, isRunning } from '../support/running-processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** How many events `misbehaving.hangs` has begun to handle. */
function hangs(output: readonly OutputLine[]): number {
  return output.filter(({ text }) => text === 'hanging').length;
}

describe('an execution environment', () => {
  it('keeps what the module holds from one event to the next', async () => {
    const { functions, invoke } = testedFunctions([functionModel('warm.count')]);
    const [first, second] = [returned(await invoke('warm.count')), returned(await invoke('warm.count'))];
    expect([first, second]).toEqual([
      { events: 1, pid: functions.pids[0] },
      { events: 2, pid: functions.pids[0] },
    ]);
  });

  it('shares nothing with the environment of another function of the same code', async () => {
    const { invoke } = testedFunctions([functionModel('warm.count'), functionModel('warm.overlap')]);
    await invoke('warm.count');
    await invoke('warm.overlap');
    expect(returned(await invoke('warm.count'))).toMatchObject({ events: 2 });
  });

  it('handles one event at a time, however many wait, and is not given company beyond the cap', async () => {
    const limits = { environmentsPerFunction: 1 };
    const { functions, invoke } = testedFunctions([functionModel('warm.overlap')], { limits });
    const results = await Promise.all(Array.from({ length: 10 }, () => invoke('warm.overlap')));
    expect(results.map(returned)).toEqual(Array.from({ length: 10 }, () => 1));
    expect(functions.pids).toHaveLength(1);
  });

  it('runs beside others of its function when events arrive together', async () => {
    const directory = temporaryDirectory();
    const limits = { environmentsPerFunction: 4 };
    const { invoke } = testedFunctions([functionModel('rendezvous.meet', { timeoutSeconds: 30 })], {
      limits,
    });
    const events = Array.from({ length: 4 }, () => invoke('rendezvous.meet', { directory, parties: 4 }));
    const pids = (await Promise.all(events)).map(returned);
    expect(new Set(pids).size).toBe(4);
  });

  it('is frozen after its answer, so that a timer nobody awaited does not run', async () => {
    const directory = temporaryDirectory();
    const [gate, seen] = [join(directory, 'gate'), join(directory, 'seen')];
    const { functions, invoke } = testedFunctions([
      functionModel('background.watch'),
      functionModel('warm.count'),
    ]);
    await invoke('background.watch', { gate, seen });
    const [watcher = 0] = functions.pids;
    await eventually(() => expect(isFrozen(watcher)).toBe(true));
    mkdirSync(gate);
    for (let event = 0; event < 20; event += 1) await invoke('warm.count');
    expect(existsSync(seen)).toBe(false);

    await invoke('background.watch', { gate, seen });
    await eventually(() => expect(existsSync(seen)).toBe(true));
  });

  it('is removed after a while without an event, and started again for the next', async () => {
    const clock = manualClock();
    const { functions, invoke } = testedFunctions([functionModel('warm.count')], { clock });
    await invoke('warm.count');
    const [pid = 0] = functions.pids;
    await eventually(() => expect(isFrozen(pid)).toBe(true));
    clock.advance(5 * 60_000);
    await eventually(() => expect(isRunning(pid)).toBe(false));
    expect(returned(await invoke('warm.count'))).toMatchObject({ events: 1 });
  });

  it('takes and gives events of any size and script, one after the other', async () => {
    const { invoke } = testedFunctions([functionModel('warm.echo')]);
    for (const text of ['', 'Zürich 旅館 🏨', 'ü'.repeat(500_000), 'x'.repeat(65_400), 'short again'])
      expect(returned(await invoke('warm.echo', { text }))).toEqual({ text });
  });

  it('has the variables of the template and of Lambda, and nothing else of this process', async () => {
    vi.stubEnv('SECRET_OF_THE_PARENT', 'must not be seen');
    const { invoke } = testedFunctions(
      [functionModel('warm.environment', { environment: { TABLE_NAME: 'rooms' } })],
      {
        surroundings: { endpoints: { DYNAMODB: 'http://127.0.0.1:1' }, extraEnvironment: { EXTRA: 'given' } },
      },
    );
    const variables = returned(await invoke('warm.environment'));
    vi.unstubAllEnvs();
    expect(variables).toMatchObject({
      TABLE_NAME: 'rooms',
      EXTRA: 'given',
      AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'warm-environment',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '256',
      TZ: ':UTC',
    });
    expect(variables).not.toHaveProperty('SECRET_OF_THE_PARENT');
    expect(variables).not.toHaveProperty('HOME');
  });

  it('has credentials of its function alone', async () => {
    const other = { ...functionModel('warm.environment'), name: 'other', arn: arnOf('other') };
    const { functions } = testedFunctions([functionModel('warm.environment'), other]);
    const keyOf = async (handler: string): Promise<string> => {
      const variables = returned(await functions.invoke(arnOf(handler), '{}'));
      return isRecord(variables) ? String(variables['AWS_ACCESS_KEY_ID']) : '';
    };
    const [one, two] = [await keyOf('warm.environment'), await keyOf('other')];
    expect([one, two]).toEqual([expect.stringMatching(/^ASIA/), expect.stringMatching(/^ASIA/)]);
    expect(one).not.toBe(two);
  });

  it('tells the handler about the event in the context', async () => {
    const { invoke } = testedFunctions([functionModel('warm.context')]);
    const result = await invoke('warm.context');
    expect(returned(result)).toMatchObject({
      awsRequestId: result.requestId,
      functionName: 'warm-context',
      functionVersion: '$LATEST',
      invokedFunctionArn: arnOf('warm.context'),
      memoryLimitInMB: '256',
      logGroupName: '/aws/lambda/warm-context',
    });
  });
});

describe('an execution environment that fails', () => {
  it('answers a thrown error as Lambda does, and goes on', async () => {
    const { functions, invoke } = testedFunctions([functionModel('misbehaving.throws')]);
    const document = errorOf(await invoke('misbehaving.throws'));
    expect(document).toMatchObject({ errorType: 'TypeError', errorMessage: 'no such room' });
    const [pid] = functions.pids;
    await invoke('misbehaving.throws');
    expect(functions.pids).toEqual([pid]);
  });

  it('answers a thrown text', async () => {
    const { invoke } = testedFunctions([functionModel('misbehaving.throwsText')]);
    expect(errorOf(await invoke('misbehaving.throwsText'))).toMatchObject({
      errorType: 'string',
      errorMessage: 'no such room',
    });
  });

  it('is killed when it overruns its time, and the next event finds a new one', async () => {
    const clock = manualClock();
    const { functions, invoke, output } = testedFunctions([functionModel('misbehaving.hangs')], { clock });
    const hanging = invoke('misbehaving.hangs');
    await eventually(() => expect(hangs(output)).toBe(1));
    const [pid = 0] = functions.pids;
    clock.advance(3000);
    const result = await hanging;
    expect(errorOf(result)).toEqual({
      errorType: 'Sandbox.Timedout',
      errorMessage: `RequestId: ${result.requestId} Error: Task timed out after 3.00 seconds`,
    });
    await eventually(() => expect(isRunning(pid)).toBe(false));
    const next = invoke('misbehaving.hangs');
    await eventually(() => expect(hangs(output)).toBe(2));
    expect(functions.pids).not.toContain(pid);
    clock.advance(3000);
    await next;
  });

  it('is not killed while it loads, however long an earlier event of it took', async () => {
    const clock = manualClock();
    const { invoke } = testedFunctions([functionModel('warm.count')], { clock });
    await invoke('warm.count');
    clock.advance(3000);
    expect(returned(await invoke('warm.count'))).toMatchObject({ events: 2 });
  });

  it.each([
    [0, 'Runtime exited without providing a reason'],
    [3, 'Runtime exited with error: exit status 3'],
  ])('answers its exit with status %i as Runtime.ExitError', async (code, reason) => {
    const { invoke } = testedFunctions([functionModel('misbehaving.exits')]);
    const result = await invoke('misbehaving.exits', { code });
    expect(errorOf(result)).toEqual({
      errorType: 'Runtime.ExitError',
      errorMessage: `RequestId: ${result.requestId} Error: ${reason}`,
    });
  });

  it('ends when the handler never settles and nothing is left to do', async () => {
    const { invoke } = testedFunctions([functionModel('misbehaving.neverSettles')]);
    expect(errorOf(await invoke('misbehaving.neverSettles'))).toMatchObject({
      errorType: 'Runtime.ExitError',
    });
  });

  it('answers a rejection that nobody handles, and ends', async () => {
    const { invoke } = testedFunctions([functionModel('misbehaving.rejectsUnheard')]);
    expect(errorOf(await invoke('misbehaving.rejectsUnheard'))).toMatchObject({
      errorType: 'Runtime.UnhandledPromiseRejection',
      errorMessage: 'RangeError: nobody listens',
    });
  });

  it('answers an answer of more than 6 MB with an error', async () => {
    const { invoke } = testedFunctions([functionModel('misbehaving.returnsTooMuch')]);
    expect(errorOf(await invoke('misbehaving.returnsTooMuch'))).toMatchObject({
      errorType: 'Function.ResponseSizeTooLarge',
    });
  });

  it('that is killed from outside loses its event, and the next one is cold', async () => {
    const { functions, invoke, output } = testedFunctions([
      functionModel('misbehaving.hangs'),
      functionModel('warm.count'),
    ]);
    const hanging = invoke('misbehaving.hangs');
    await eventually(() => expect(hangs(output)).toBe(1));
    process.kill(functions.pids[0] ?? 0, 'SIGKILL');
    const result = await hanging;
    expect(errorOf(result)).toMatchObject({
      errorMessage: `RequestId: ${result.requestId} Error: Runtime exited with error: signal: killed`,
    });

    await invoke('warm.count');
    const [warm = 0] = functions.pids;
    process.kill(warm, 'SIGKILL');
    await eventually(() => expect(functions.pids).toEqual([]));
    expect(returned(await invoke('warm.count'))).toMatchObject({ events: 1 });
  });
});

describe('a cap', () => {
  it('of reserved concurrency throttles what goes beyond it', async () => {
    const directory = temporaryDirectory();
    const { invoke } = testedFunctions([functionModel('rendezvous.meet', { reservedConcurrency: 1 })]);
    const first = invoke('rendezvous.meet', { directory, parties: 2 });
    expect(await invoke('rendezvous.meet', { directory, parties: 2 })).toMatchObject({
      outcome: 'throttled',
    });
    writeFileSync(join(directory, 'another'), '');
    expect(await first).toMatchObject({ outcome: 'success' });
  });

  it('of zero stops a function', async () => {
    const { invoke, functions } = testedFunctions([functionModel('warm.count', { reservedConcurrency: 0 })]);
    expect(await invoke('warm.count')).toMatchObject({ outcome: 'throttled' });
    expect(functions.pids).toEqual([]);
  });
});

describe('stopping', () => {
  it('ends frozen and busy environments alike, and leaves no timer', async () => {
    const clock = manualClock();
    const models = [functionModel('warm.count'), functionModel('misbehaving.hangs')];
    const { functions, invoke, output } = testedFunctions(models, { clock });
    await invoke('warm.count');
    const hanging = invoke('misbehaving.hangs');
    await eventually(() => expect(hangs(output)).toBe(1));
    const { pids } = functions;
    await functions.stop();
    expect(pids.filter(isRunning)).toEqual([]);
    expect(await hanging).toMatchObject({ outcome: 'functionError', errorType: 'Runtime.ExitError' });
    // Nothing went wrong that a log would have to say.
    expect(output.map(({ text }) => text)).toEqual(['hanging']);
    expect(clock.pending()).toBe(0);
  });

  it('waits for an environment that is just being started, and ends it', async () => {
    const clock = manualClock();
    const { functions, invoke } = testedFunctions([functionModel('warm.count')], { clock });
    const answer = invoke('warm.count');
    await functions.stop();
    expect(functions.pids).toEqual([]);
    expect(clock.pending()).toBe(0);
    expect(await answer).toMatchObject({ outcome: 'throttled' });
  });
});
