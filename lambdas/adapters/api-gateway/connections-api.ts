import { setTimeout as sleep } from 'node:timers/promises';
import { errorFields, type Gateway, type Log } from '../../core/ports.ts';
import { Service } from '../aws/service.ts';
import { payloadOf, type Credentials, type Payload } from '../aws/signature.ts';
import { NoAnswer } from '../aws/sockets.ts';

/** What a post that fails costs at most: two attempts of a second each, with a short wait between. */
const attempts = 2;
const attemptMilliseconds = 1000;
const waitMilliseconds = 50;

const noPayload = payloadOf('');

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
 * Signed requests of our own and not the SDK's client: a fan-out posts one frame to many connections, so its hash and
 * the signing key are made once, and a post costs an eighth of the CPU or less (`npm run bench:post`).
 */
export function connectionsApi({ endpoint, region, credentials, log }: ConnectionsApiOptions): Gateway {
  const service = new Service({ endpoint, service: 'execute-api', region, credentials, attemptMilliseconds });
  const prefix = `${new URL(endpoint).pathname.replace(/\/$/, '')}/@connections/`;
  const send = async (method: string, connectionId: string, payload: Payload, attempt: number) => {
    try {
      const path = prefix + encodeURIComponent(connectionId);
      const { status } = await service.request({ method, path, payload }, attempt);
      return status;
    } catch (error) {
      if (error instanceof NoAnswer) return error;
      throw error;
    }
  };
  let latest = noPayload;

  return {
    async post(connectionId, frame) {
      if (frame !== latest.text) latest = payloadOf(frame);
      const payload = latest;
      for (let attempt = 1; ; attempt++) {
        const answer = await send('POST', connectionId, payload, attempt);
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
      const answer = await send('DELETE', connectionId, noPayload, 1);
      if (classify(answer) === 'failed')
        log.write('warn', 'connection not closed', { connectionId, ...fieldsOf(answer) });
    },
  };
}

/** An HTTP status, or why there was none. */
type Answer = number | NoAnswer;

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
