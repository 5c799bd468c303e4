import { randomUUID } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import type { Callers } from '../../src/authorization.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import type { Surroundings } from '../../src/functions/environment-variables.ts';
import type { OutputLine } from '../../src/functions/function-output.ts';
import { Functions, type FunctionLimits } from '../../src/functions/functions.ts';
import type { InvokeResult } from '../../src/invoker.ts';
import type { FunctionModel } from '../../src/model.ts';
import { keepProcesses } from '../../src/processes.ts';
import { temporaryDirectory } from './temporary-directory.ts';

export const handlers = fileURLToPath(new URL('../fixtures/handlers', import.meta.url));

/** A function of the handlers in `local/test/fixtures/handlers`, named after its handler. */
export function functionModel(handler: string, changes: Partial<FunctionModel> = {}): FunctionModel {
  const name = handler.replaceAll('.', '-');
  return {
    logicalId: name,
    name,
    arn: arnOf(handler),
    runtime: 'nodejs22.x',
    handler,
    codeDirectory: handlers,
    environment: {},
    timeoutSeconds: 3,
    memoryMegabytes: 256,
    logGroup: `/aws/lambda/${name}`,
    logFormat: 'Text',
    permissions: [],
    asynchronous: { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 },
    ...changes,
  };
}

export function arnOf(handler: string): string {
  return `arn:aws:lambda:eu-west-1:111122223333:function:${handler.replaceAll('.', '-')}`;
}

export interface TestedFunctions {
  readonly functions: Functions;
  readonly output: OutputLine[];
  readonly log: string[];
  readonly dataDirectory: string;
  /** Invokes by handler, with the event as a value. */
  readonly invoke: (handler: string, event?: unknown) => Promise<InvokeResult>;
}

export interface TestedOptions {
  readonly clock?: Clock;
  readonly callers?: Callers;
  readonly limits?: Partial<FunctionLimits>;
  readonly surroundings?: Partial<Surroundings>;
  /** The share of the processors' time that nobody uses; all of it unless said. */
  readonly idleShare?: number;
}

/** Functions that are gone after the test. */
export function testedFunctions(
  models: readonly FunctionModel[],
  options: TestedOptions = {},
): TestedFunctions {
  const keeper = keepProcesses();
  const [output, log]: [OutputLine[], string[]] = [[], []];
  const dataDirectory = temporaryDirectory();
  const functions = new Functions({
    functions: models,
    dataDirectory,
    keeper,
    clock: options.clock ?? systemClock,
    ids: randomUUID,
    callers: options.callers,
    watchProcessors: () => () => options.idleShare ?? 1,
    log: (message) => log.push(message),
    output: (line) => output.push(line),
    // One, so that a test knows which environment its event meets; a test of several says so.
    limits: { environmentsPerFunction: 1, ...options.limits },
    surroundings: () => ({
      region: 'eu-west-1',
      endpoints: {},
      redirects: {},
      extraEnvironment: {},
      ...options.surroundings,
    }),
  });
  onTestFinished(async () => {
    await functions.stop();
    await keeper.stop();
  });
  return {
    functions,
    output,
    log,
    dataDirectory,
    invoke: (handler, event = {}) => functions.invoke(arnOf(handler), JSON.stringify(event)),
  };
}

/** What the function returned; the test fails when it did not return. */
export function returned(result: InvokeResult): unknown {
  if (result.outcome !== 'success')
    throw new Error(`The function did not succeed: ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
}

/** The error document that the caller got; the test fails when there was no error. */
export function errorOf(result: InvokeResult): unknown {
  if (result.outcome !== 'functionError')
    throw new Error(`The function did not fail: ${JSON.stringify(result)}`);
  return JSON.parse(result.payload);
}
