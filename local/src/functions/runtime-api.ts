import { randomBytes } from 'node:crypto';
import { jsonAnswer, type HttpAnswer } from '../http-answer.ts';
import { serve, type HttpRequest, type Reply } from '../serve.ts';
import { maximumResponseBytes, responseTooLarge } from './error-documents.ts';

/** What the code inside an execution environment tells the service. */
export interface RuntimeEvents {
  /** It is done with everything and asks for an event. */
  next(): void;
  /** What became of the event that it has; the payload is undefined when it is longer than Lambda takes. */
  response(requestId: string, payload: string | undefined): void;
  error(requestId: string, document: string): void;
  initError(document: string): void;
}

export interface RuntimeInvocation {
  readonly requestId: string;
  readonly functionArn: string;
  /** Milliseconds since the epoch, on the wall clock that the function reads too. */
  readonly deadline: number;
  readonly payload: string;
}

/**
 * The Runtime API of one execution environment. Source: "Lambda runtime API", AWS Lambda developer guide.
 *
 * In Lambda nobody else can reach it. Here everything on the machine can, so its paths begin with a secret that only the
 * process of this environment is given; without it the answer is 403, and no event is handed over.
 */
export interface RuntimeApi {
  /** `host:port/secret`, for AWS_LAMBDA_RUNTIME_API, which clients put before the path of the API. */
  readonly address: string;
  /** Answers the pending question for an event. Only after `next()`, once for each. */
  handOver(invocation: RuntimeInvocation): void;
  close(): void;
}

const route =
  /^\/2018-06-01\/runtime\/(?:(invocation\/next)|init\/(error)|invocation\/([^/]+)\/(response|error))$/;

export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  const secret = randomBytes(16).toString('hex');
  let pending: Reply | undefined;
  let currentId: string | undefined;
  const answer = ({ method, url, body }: HttpRequest, reply: Reply): void => {
    if (!url.startsWith(`/${secret}/`)) return reply(nothing(403));
    const path = url.slice(secret.length + 1);
    const [matched, next, initError, requestId = '', outcome] = route.exec(path) ?? [];
    if (matched === undefined) return reply(nothing(404));
    if (method !== (next === undefined ? 'POST' : 'GET')) return reply(nothing(405));
    if (next !== undefined) {
      pending = reply;
      return events.next();
    }
    if (outcome !== undefined) {
      if (requestId !== currentId) return reply(invalidRequestId());
      currentId = undefined;
    }
    // Answered first: what follows may stop the process that waits for this.
    reply(nothing(202));
    if (outcome === 'response') return events.response(requestId, body?.toString());
    const document = body?.toString() ?? responseTooLarge().payload;
    return initError === undefined ? events.error(requestId, document) : events.initError(document);
  };
  const server = await serve({ maximumBodyBytes: maximumResponseBytes, answer });
  return {
    address: `127.0.0.1:${server.port}/${secret}`,
    handOver(invocation) {
      const reply = pending;
      pending = undefined;
      currentId = invocation.requestId;
      reply?.({ status: 200, headers: invocationHeaders(invocation), body: invocation.payload });
    },
    close() {
      void server.stop();
    },
  };
}

function nothing(status: number): HttpAnswer {
  return { status, headers: { 'Content-Length': 0 }, body: '' };
}

function invalidRequestId(): HttpAnswer {
  const body = JSON.stringify({ errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' });
  return jsonAnswer(400, body);
}

function invocationHeaders(invocation: RuntimeInvocation): Record<string, string | number> {
  return {
    'Content-Type': 'application/json',
    'Content-Length': Buffer.byteLength(invocation.payload),
    'Lambda-Runtime-Aws-Request-Id': invocation.requestId,
    'Lambda-Runtime-Deadline-Ms': invocation.deadline,
    'Lambda-Runtime-Invoked-Function-Arn': invocation.functionArn,
  };
}
