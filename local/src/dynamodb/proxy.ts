import { randomUUID } from 'node:crypto';
import { denialMessage, type Caller, type Callers } from '../authorization.ts';
import { jsonAnswer, type HttpAnswer } from '../http-answer.ts';
import { isRecord, parseJson } from '../json.ts';
import { requestGuard } from '../request-guard.ts';
import { relay, type WholeRequest } from '../serve.ts';
import type { CallReader } from './calls.ts';
import { engineUpstream } from './engine-upstream.ts';
import { UnreadableRequest } from './request-part.ts';

export interface DynamoDbProxyOptions {
  readonly engineUrl: string;
  /** Whose roles are asked; everybody may do everything when absent. */
  readonly callers?: Callers | undefined;
  /** AWS's host names that lead here. */
  readonly hosts?: readonly string[];
  readonly readCalls: CallReader;
}

/**
 * DynamoDB as everybody reaches it: what comes from a web page is refused, and what a function's role does not allow;
 * everything else goes to the engine, which asks nobody.
 */
export interface DynamoDbProxy {
  readonly url: string;
  stop(): Promise<void>;
}

interface ServiceError {
  readonly type: string;
  readonly message: string;
}

export async function startDynamoDbProxy(options: DynamoDbProxyOptions): Promise<DynamoDbProxy> {
  const upstream = engineUpstream(options.engineUrl);
  const server = await relay({
    guard: requestGuard(options.hosts),
    maximumBodyBytes,
    upstream,
    refusalOf(request) {
      const error = errorOf(request, options);
      return error === undefined ? undefined : refusal(error);
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    async stop() {
      await server.stop();
      upstream.close();
    },
  };
}

/** Source: "BatchWriteItem", Amazon DynamoDB API reference: 16 MB. The engine takes no more either. */
const maximumBodyBytes = 16 * 1024 * 1024;

/** Why a request is refused; undefined for one that the engine may answer. */
function errorOf(
  { headers, body }: WholeRequest,
  { callers, readCalls }: DynamoDbProxyOptions,
): ServiceError | undefined {
  const caller = callers?.signerOf(headers.get('authorization'));
  if (caller === undefined) return undefined;
  // Such as `DynamoDB_20120810.PutItem`.
  const [, operation = ''] = headers.get('x-amz-target')?.split('.') ?? [];
  if (partiQl.has(operation))
    return invalid(`${operation} is not checked against policies here, so that functions cannot use it.`);
  const request = parseJson(body.toString());
  if (!isRecord(request)) return unreadable;
  try {
    return denial(caller, readCalls(operation, request));
  } catch (problem) {
    if (problem instanceof UnreadableRequest) return invalid(problem.message);
    throw problem;
  }
}

function denial(caller: Caller, calls: ReturnType<CallReader>): ServiceError | undefined {
  for (const call of calls) {
    const denied = caller.denialOf(call);
    if (denied !== undefined)
      return { type: 'com.amazon.coral.service#AccessDeniedException', message: denialMessage(denied) };
  }
  return undefined;
}

const unreadable = { type: 'com.amazon.coral.service#SerializationException', message: '' };

/** Keys and attributes stand in the text of their statements, which is not read here. */
const partiQl = new Set(['ExecuteStatement', 'BatchExecuteStatement', 'ExecuteTransaction']);

function invalid(message: string): ServiceError {
  return { type: 'com.amazon.coral.validate#ValidationException', message };
}

function refusal({ type, message }: ServiceError): HttpAnswer {
  const body = JSON.stringify({ __type: type, ...(message === '' ? {} : { Message: message }) });
  return jsonAnswer(400, body, {
    'Content-Type': 'application/x-amz-json-1.0',
    'x-amzn-RequestId': randomUUID(),
  });
}
