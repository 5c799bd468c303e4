import { Agent as HttpAgent, request as requestHttp, type RequestOptions } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorFields, type Gateway, type Log } from '../../core/ports.ts';
import { payloadHash, PostSigner, type Credentials } from './signature.ts';

/** As many as the fan-out has under way at once. */
const maxSockets = 64;

/** What a post that fails costs at most: two attempts of a second each, with a short wait between. */
const attempts = 2;
const attemptMilliseconds = 1000;
const waitMilliseconds = 50;

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
  const signer = new PostSigner({ region, host: base.host, credentials });
  const prefix = `${base.pathname.replace(/\/$/, '')}/@connections/`;
  const send = sender(base);
  let latest = { frame: '', body: Buffer.alloc(0), hash: '' };

  return {
    async post(connectionId, frame) {
      if (frame !== latest.frame) {
        const body = Buffer.from(frame);
        latest = { frame, body, hash: payloadHash(body) };
      }
      const { body, hash } = latest;
      const path = prefix + encodeURIComponent(connectionId);
      for (let attempt = 1; ; attempt++) {
        const answer = await send(path, signer.headers(path, hash, new Date()), body);
        const outcome = classify(answer);
        if (outcome !== 'failed') return outcome;
        if (attempt === attempts || !mayPass(answer)) {
          const failure = typeof answer === 'number' ? { status: answer } : errorFields(answer);
          log.write('warn', 'post failed', { connectionId, ...failure });
          return outcome;
        }
        await sleep(waitMilliseconds * Math.random());
      }
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

/** Not a 429: it also means that this one receiver's buffer is full, and the others should not pay for it. */
function mayPass(answer: Answer): boolean {
  return typeof answer !== 'number' || answer >= 500;
}

/** Sends a POST and resolves to its answer; never rejects. */
function sender(base: URL): (path: string, headers: Record<string, string>, body: Buffer) => Promise<Answer> {
  const secure = base.protocol === 'https:';
  const start = secure ? requestHttps : requestHttp;
  const options: RequestOptions = {
    method: 'POST',
    hostname: base.hostname,
    port: base.port,
    agent: secure
      ? new HttpsAgent({ keepAlive: true, maxSockets })
      : new HttpAgent({ keepAlive: true, maxSockets }),
  };
  return (path, headers, body) =>
    new Promise((resolve) => {
      const request = start({ ...options, path, headers: { ...headers, 'content-length': body.length } });
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
        // The body says nothing that the status does not; read, it frees the socket for the next post.
        response.once('error', settle);
        response.once('end', () => settle(response.statusCode ?? 0));
        response.resume();
      });
      request.end(body);
    });
}
