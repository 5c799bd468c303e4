import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import * as v from 'valibot';
import { notifyAnswer, type NotifyAnswer } from '../../../protocol/notify.ts';

/** An upstream Lambda: invokes `notify` through the Lambda API, with the SDK. */
export class Upstream {
  readonly #client: LambdaClient;
  readonly #functionName: string;

  constructor({ lambda, notifyFunction }: { lambda: string; notifyFunction: string }) {
    this.#functionName = notifyFunction;
    this.#client = new LambdaClient({
      endpoint: lambda,
      region: 'us-east-1',
      credentials: { accessKeyId: 'upstream', secretAccessKey: 'upstream' },
    });
  }

  /** What `notify` answers; throws its error with the code as `name`. */
  async notify(event: object): Promise<NotifyAnswer> {
    return v.parse(notifyAnswer, await this.#invoke(event));
  }

  async notifyAll(events: readonly object[]): Promise<NotifyAnswer[]> {
    return v.parse(v.array(notifyAnswer), await this.#invoke(events));
  }

  /** Ends its connections. */
  close(): void {
    this.#client.destroy();
  }

  async #invoke(payload: object): Promise<unknown> {
    const { Payload, FunctionError } = await this.#client.send(
      new InvokeCommand({ FunctionName: this.#functionName, Payload: JSON.stringify(payload) }),
    );
    const answer: unknown = JSON.parse(Payload?.transformToString() ?? 'null');
    if (FunctionError === undefined) return answer;
    const { errorType, errorMessage } = v.parse(failure, answer);
    throw Object.assign(new Error(errorMessage), { name: errorType });
  }
}

const failure = v.object({ errorType: v.string(), errorMessage: v.string() });
