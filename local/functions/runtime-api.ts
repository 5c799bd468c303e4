import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { listenLocally } from '../listen.ts';

/** What the code inside an execution environment tells the service. */
export interface RuntimeEvents {
  /** It is done with everything and asks for an event. */
  next(): void;
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

/** The Runtime API of one execution environment. Source: "Lambda runtime API", AWS Lambda developer guide. */
export interface RuntimeApi {
  /** `host:port`, for AWS_LAMBDA_RUNTIME_API. */
  readonly address: string;
  /** Answers the pending question for an event. Only after `next()`, once for each. */
  handOver(invocation: RuntimeInvocation): void;
  close(): void;
}

const route =
  /^\/2018-06-01\/runtime\/(?:invocation\/next|init\/(error)|invocation\/([^/]+)\/(response|error))$/;

export async function startRuntimeApi(events: RuntimeEvents): Promise<RuntimeApi> {
  let pending: ServerResponse | undefined;
  const server = createServer((request, response) => {
    const [matched, initError, requestId = '', outcome] = route.exec(request.url ?? '') ?? [];
    if (matched === undefined) return void response.writeHead(404).end();
    if (request.method === 'GET') {
      pending = response;
      return events.next();
    }
    return readBody(request, (body) => {
      // Answered first: what follows may stop the process that waits for this.
      response.writeHead(202).end();
      if (initError !== undefined) events.initError(body);
      else if (outcome === 'error') events.error(requestId, body);
      else events.response(requestId, body);
    });
  });
  keepConnectionsOpen(server);
  const port = await listenLocally(server, 0);
  return {
    address: `127.0.0.1:${port}`,
    handOver(invocation) {
      pending?.writeHead(200, invocationHeaders(invocation)).end(invocation.payload);
      pending = undefined;
    },
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
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
