import { isRecord, parseJson } from '../json.ts';
import type { ProcessExit } from '../processes.ts';

/** What Lambda answers in place of a result, as JSON text. */
export interface FunctionError {
  readonly errorType: string;
  readonly payload: string;
}

export function timedOut(requestId: string, timeoutSeconds: number): FunctionError {
  return document(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${timeoutSeconds.toFixed(2)} seconds`,
  );
}

export function exited(requestId: string, exit: ProcessExit): FunctionError {
  return document('Runtime.ExitError', `RequestId: ${requestId} Error: Runtime exited ${reasonOf(exit)}`);
}

/** The process itself could not be started. */
export function notStarted(error: unknown): FunctionError {
  return document('Runtime.InvalidEntrypoint', error instanceof Error ? error.message : String(error));
}

/** Source: "Lambda quotas", invocation payload: 6 MB for a synchronous answer, plus the service's own allowance. */
export const maximumResponseBytes = 6_291_556;

export function responseTooLarge(): FunctionError {
  return document(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${maximumResponseBytes} bytes).`,
  );
}

/** Takes the document that the runtime made of a thrown value. */
export function thrown(payload: string): FunctionError {
  return { errorType: errorTypeOf(payload), payload };
}

function document(errorType: string, errorMessage: string): FunctionError {
  return { errorType, payload: JSON.stringify({ errorType, errorMessage }) };
}

function reasonOf(exit: ProcessExit): string {
  if (exit.signal !== null) return `with error: signal: ${signalNames[exit.signal] ?? exit.signal}`;
  if (exit.code === 0 || exit.code === null) return 'without providing a reason';
  return `with error: exit status ${exit.code}`;
}

/** As the kernel describes them, which is how Lambda reports them. */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: 'aborted',
  SIGKILL: 'killed',
  SIGSEGV: 'segmentation fault',
  SIGTERM: 'terminated',
};

function errorTypeOf(payload: string): string {
  const parsed = parseJson(payload);
  const named = isRecord(parsed) ? parsed['errorType'] : undefined;
  return typeof named === 'string' ? named : 'Error';
}
