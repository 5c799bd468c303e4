import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { NotifyInput } from '../../../protocol/notify.ts';
import { parseJson } from '../../../protocol/codec.ts';
import type { Counters } from '../../simulation/clients/tab.ts';
import { factsOf } from '../../simulation/clients/upstream.ts';
import { fieldsOf } from '../../simulation/history/frames.ts';
import type { History } from '../../simulation/history/history.ts';
import type { Random } from '../../simulation/kernel/random.ts';
import type { FaultCounts } from '../faults/kinds.ts';
import type { Reachable } from '../service.ts';

export interface UpstreamDependencies {
  readonly history: History;
  readonly counters: Counters;
  readonly random: Random;
  readonly faults: FaultCounts;
  readonly service: Reachable;
}

type Answer = 'done' | 'refused' | 'failed';

const firstDelayMilliseconds = 200;
const longestDelayMilliseconds = 3000;

/**
 * The routing Lambdas: each event is invoked through the Lambda API, and again until it is answered. Some are invoked
 * twice at once, as Lambda itself does now and then, and some asynchronously first.
 */
export class Upstream {
  readonly #deps: UpstreamDependencies;
  readonly #under = new Set<Promise<void>>();
  #client: { readonly url: string; readonly lambda: LambdaClient } | undefined;
  #stopped = false;

  constructor(deps: UpstreamDependencies) {
    this.#deps = deps;
  }

  /** Events without an answer. */
  get underWay(): number {
    return this.#under.size;
  }

  /** Each is invoked by itself. */
  notify(...events: readonly NotifyInput[]): void {
    for (const event of events) this.#begin(event);
  }

  #begin(event: NotifyInput): void {
    const delivered = this.#deliver(event).finally(() => this.#under.delete(delivered));
    this.#under.add(delivered);
  }

  /** Every event that was begun has its answer. */
  async settled(): Promise<void> {
    while (this.#under.size > 0) await Promise.all(this.#under);
  }

  /** Gives up what is not answered. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.settled();
    this.#client?.lambda.destroy();
  }

  async #deliver(event: NotifyInput): Promise<void> {
    const { history, random, faults, counters } = this.#deps;
    const op = ++counters.operations;
    const facts = { f: 'notify', op, hotel: event.hotelId, ...factsOf(event, Date.now()) } as const;
    history.add({ ...facts, type: 'invoke' });
    const attempt = async (): Promise<boolean> => {
      const { answer, seq, code } = await this.#invoke(event);
      if (answer === 'failed') return false;
      if (answer === 'done') history.add({ ...facts, type: 'ok', ...(seq === undefined ? {} : { seq }) });
      else history.add({ ...facts, type: 'fail', err: code });
      return true;
    };
    if (random.chance(0.1)) await this.#asynchronously(event);
    if (random.chance(0.1)) {
      faults.count('F2 event delivered twice');
      void attempt();
    }
    for (let tried = 0; !(await attempt()); tried++) {
      if (this.#stopped) return history.add({ ...facts, type: 'info', err: 'GIVEN_UP' });
      faults.count('F2 event tried again');
      await sleep(random.next() * Math.min(longestDelayMilliseconds, firstDelayMilliseconds * 2 ** tried));
    }
  }

  async #invoke(event: NotifyInput): Promise<{ answer: Answer; seq?: number; code: string }> {
    try {
      const { Payload, FunctionError } = await this.#lambda.send(this.#command(event));
      const { seq, errorType } = fieldsOf(parseJson(Payload?.transformToString() ?? ''));
      const code = String(errorType);
      if (FunctionError === undefined) {
        return { answer: 'done', code: '', ...(typeof seq === 'number' ? { seq } : {}) };
      }
      return { answer: code === 'CONFLICT' || code === 'BAD_REQUEST' ? 'refused' : 'failed', code };
    } catch (error) {
      return { answer: 'failed', code: String(error) };
    }
  }

  /** Whether it will ever run nobody knows: the service may end before. */
  async #asynchronously(event: NotifyInput): Promise<void> {
    try {
      await this.#lambda.send(this.#command(event, 'Event'));
    } catch {
      // It is invoked again in any case.
    }
  }

  #command(
    event: NotifyInput,
    InvocationType: 'Event' | 'RequestResponse' = 'RequestResponse',
  ): InvokeCommand {
    const { notifyFunction: FunctionName } = this.#deps.service.addresses;
    return new InvokeCommand({ FunctionName, InvocationType, Payload: JSON.stringify(event) });
  }

  /** The Lambda API's port is another one after each start. */
  get #lambda(): LambdaClient {
    const url = this.#deps.service.addresses.lambda;
    if (this.#client?.url !== url) {
      this.#client?.lambda.destroy();
      const credentials = { accessKeyId: 'upstream', secretAccessKey: 'upstream' };
      const lambda = new LambdaClient({ endpoint: url, region: 'us-east-1', credentials, maxAttempts: 1 });
      this.#client = { url, lambda };
    }
    return this.#client.lambda;
  }
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
