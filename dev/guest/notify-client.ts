import { InvokeCommand, LambdaClient, type InvokeCommandOutput } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { Refusal, systemCode } from '../../local/src/command-line/index.ts';
import { parseJson } from '../../protocol/codec.ts';
import type { NotifyEvent } from '../../protocol/notify.ts';

/** What `notify` says to one event: its answer as JSON, or why it failed. */
export type Notified =
  | { readonly ok: true; readonly answer: string }
  | { readonly ok: false; readonly errorType: string; readonly errorMessage: string };

export type Notify = (event: NotifyEvent) => Promise<Notified>;

/** Lambda's error document. */
const failure = v.object({
  errorType: v.optional(v.string(), 'Error'),
  errorMessage: v.optional(v.string(), ''),
});

/** The way an upstream Lambda calls `notify`: its function, invoked synchronously through the Lambda API at `endpoint`. */
export function createNotify(endpoint: string, functionName: string): Notify {
  const client = new LambdaClient({
    endpoint,
    region: 'us-east-1',
    // The local API wants a signature and knows no accounts.
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  return async (event) => {
    const command = new InvokeCommand({ FunctionName: functionName, Payload: JSON.stringify(event) });
    const { FunctionError, Payload } = await send(client, command, endpoint);
    const text = Payload?.transformToString() ?? '';
    if (FunctionError === undefined) return { ok: true, answer: text };
    return { ok: false, ...v.parse(failure, parseJson(text) ?? {}) };
  };
}

async function send(
  client: LambdaClient,
  command: InvokeCommand,
  endpoint: string,
): Promise<InvokeCommandOutput> {
  try {
    return await client.send(command);
  } catch (error) {
    const reason =
      systemCode(error) === 'ECONNREFUSED'
        ? 'nothing answers there; npm start runs an instance'
        : error instanceof Error
          ? error.message
          : String(error);
    throw new Refusal(`The Lambda API at ${endpoint} cannot be used: ${reason}.`, { cause: error });
  }
}
