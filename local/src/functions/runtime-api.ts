import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { listenLocally } from '../listen.ts';
import { guarded, requestGuard } from '../request-guard.ts';
import { openPlainLane, type HttpAnswer } from '../plain-lane.ts';

/** What the code inside an execution environment tells the service. */
export interface RuntimeEvents {
  /** It is done with everything and asks for an event. */
  next(): void;
  /** What became of the event that it has. */
  response(requestId: string, payload: string): void;
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
  const guard = requestGuard();
  let pending: Reply | undefined;
  let currentId: string | undefined;
  const handle = ({ method, url, body }: RuntimeRequest, reply: Reply): void => {
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
    if (initError !== undefined) return events.initError(body);
    return outcome === 'error' ? events.error(requestId, body) : events.response(requestId, body);
  };
  const listener: RequestListener = (request, response) => {
    const { method = '', url = '' } = request;
    readBody(request, (body) => {
      handle({ method, url, body }, (answer) => {
        response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
  };
  const server = createServer(guarded(guard, listener));
  const lane = openPlainLane(server, guard, ({ method, url, body }, connection) => {
    handle({ method, url, body: body.toString() }, (answer) => connection.answer(answer));
    return true;
  });
  keepConnectionsOpen(server);
  const port = await listenLocally(server, 0);
  return {
    address: `127.0.0.1:${port}/${secret}`,
    handOver(invocation) {
      const reply = pending;
      pending = undefined;
      currentId = invocation.requestId;
      reply?.({ status: 200, headers: invocationHeaders(invocation), body: invocation.payload });
    },
    close() {
      server.close();
      server.closeAllConnections();
      lane.closeConnections();
    },
  };
}

interface RuntimeRequest {
  readonly method: string;
  readonly url: string;
  readonly body: string;
}

type Reply = (answer: HttpAnswer) => void;

function nothing(status: number): HttpAnswer {
  return { status, headers: { 'Content-Length': 0 }, body: '' };
}

function invalidRequestId(): HttpAnswer {
  const body = JSON.stringify({ errorMessage: 'Invalid request ID', errorType: 'InvalidRequestID' });
  const headers = { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
  return { status: 400, headers, body };
}

/** An environment that is frozen for minutes cannot answer, and must find its connection as it left it. */
function keepConnectionsOpen(server: Server): void {
  server.keepAliveTimeout = 0;
  server.requestTimeout = 0;
  server.headersTimeout = 0;
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

function readBody(request: IncomingMessage, then: (body: string) => void): void {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => then(Buffer.concat(chunks).toString('utf8')));
}
