import { Agent as HttpAgent, request as requestHttp, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorFields, type Gateway, type Log } from '../../core/ports.ts';
import { payloadHash, RequestSigner, type Credentials } from './signature.ts';

/** As many as the fan-out has under way at once. */
const maxSockets = 64;

/** What a post that fails costs at most: two attempts of a second each, with a short wait between. */
const attempts = 2;
const attemptMilliseconds = 1000;
const waitMilliseconds = 50;

const noPayload = payloadHash(Buffer.alloc(0));

export interface ConnectionsApiOptions {
  /** Base of the @connections API with the stage in its path. */
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly log: Log;
}

/**
 * The @connections API of a stage.
 *
 * A signed request over kept-alive sockets, and not the SDK's client: a fan-out posts one frame to many connections,
 * so its hash, its bytes and the signing key are made once, and a post costs a quarter of the CPU or less
 * (`npm run bench:post`).
 */
export function connectionsApi({ endpoint, region, credentials, log }: ConnectionsApiOptions): Gateway {
  const base = new URL(endpoint);
  const signer = new RequestSigner({ region, host: base.host, credentials });
  const prefix = `${base.pathname.replace(/\/$/, '')}/@connections/`;
  const pathOf = (connectionId: string): string => prefix + encodeURIComponent(connectionId);
  const send = sender(base);
  let latest = { frame: '', body: Buffer.alloc(0), hash: '' };

  return {
    async post(connectionId, frame) {
      if (frame !== latest.frame) {
        const body = Buffer.from(frame);
        latest = { frame, body, hash: payloadHash(body) };
      }
      const { body, hash } = latest;
      const path = pathOf(connectionId);
      for (let attempt = 1; ; attempt++) {
        const answer = await send({
          method: 'POST',
          path,
          headers: signer.headers('POST', path, hash, new Date()),
          body,
        });
        const outcome = classify(answer);
        if (outcome !== 'failed') return outcome;
        if (attempt === attempts || !mayPass(answer)) {
          log.write('warn', 'post failed', { connectionId, ...fieldsOf(answer) });
          return outcome;
        }
        await sleep(waitMilliseconds * Math.random());
      }
    },
    async close(connectionId) {
      const path = pathOf(connectionId);
      const headers = signer.headers('DELETE', path, noPayload, new Date());
      const answer = await send({ method: 'DELETE', path, headers, body: Buffer.alloc(0) });
      if (classify(answer) === 'failed')
        log.write('warn', 'connection not closed', { connectionId, ...fieldsOf(answer) });
    },
  };
}

/** An HTTP status, or what went wrong before there was one. */
type Answer = number | Error;

/**
 * By HTTP status and not by any name in the answer, which a 410 may lack. 400 is the answer to a malformed id, which no
 * connection has either.
 */
function classify(answer: Answer): 'delivered' | 'gone' | 'failed' {
  if (typeof answer !== 'number') return 'failed';
  if (answer >= 200 && answer < 300) return 'delivered';
  return answer === 410 || answer === 400 ? 'gone' : 'failed';
}

function fieldsOf(answer: Answer): Readonly<Record<string, unknown>> {
  return typeof answer === 'number' ? { status: answer } : errorFields(answer);
}

/** Not a 429: it also means that this one receiver's buffer is full, and the others should not pay for it. */
function mayPass(answer: Answer): boolean {
  return typeof answer !== 'number' || answer >= 500;
}

interface Outgoing {
  readonly method: 'POST' | 'DELETE';
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** Sends a request and resolves to its answer; never rejects. */
function sender(base: URL): (outgoing: Outgoing) => Promise<Answer> {
  const secure = base.protocol === 'https:';
  const start = secure ? requestHttps : requestHttp;
  const agentOptions = { keepAlive: true, maxSockets };
  const options: RequestOptions = {
    hostname: base.hostname,
    port: base.port,
    agent: secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions),
  };
  return ({ method, path, headers, body }) =>
    new Promise((resolve) => {
      const request = start({
        ...options,
        method,
        path,
        headers: { ...headers, 'content-length': body.length },
      });
      const timer = setTimeout(
        () => request.destroy(new Error(`no answer within ${attemptMilliseconds} ms`)),
        attemptMilliseconds,
      );
      const settle = (answer: Answer): void => {
        clearTimeout(timer);
        resolve(answer);
      };
      request.once('error', settle);
      request.once('response', (response) => {
        // The body says nothing that the status does not; read, it frees the socket for the next request.
        response.once('error', settle);
        response.once('end', () => settle(response.statusCode ?? 0));
        response.resume();
      });
      request.end(body);
    });
}
