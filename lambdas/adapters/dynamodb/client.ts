import { parseJson } from '../../../protocol/codec.ts';
import type { World } from '../../core/ports.ts';
import { Service } from '../aws/service.ts';
import { payloadOf, type Credentials } from '../aws/signature.ts';
import { NoAnswer } from '../aws/sockets.ts';
import { DynamoDbError, mayPass, type CancellationReason } from './errors.ts';
import type { Input, Operation, Output } from './operations.ts';
import { itemIn, listOf, valueIn, wires } from './wire.ts';

/** What the stores need of DynamoDB. */
export interface TableClient {
  /** Rejects with `DynamoDbError` for what DynamoDB answered and with `NoAnswer` where there was no answer. */
  send<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>>;
}

/** A client and the table that it is used on. */
export interface Table {
  readonly client: TableClient;
  readonly name: string;
}

/** A call gives up after three attempts of at most two seconds, so that a handler answers before its own time is up. */
const attemptMilliseconds = 2000;
const defaultAttempts = 3;
const firstWaitMilliseconds = 100;

export interface DynamoDbOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly world: World;
  readonly attempts?: number;
}

/**
 * DynamoDB's JSON protocol, for the few operations that are used here.
 *
 * Not the SDK's client, for what it costs: a read of a hundred members took it six milliseconds of CPU, a transaction
 * one or two, and it was nine tenths of a function's code, which a cold start loads (`npm run bench:members`). What is
 * kept of it: throttles, failures and broken connections are tried again, with waits that grow and are jittered, and a
 * transaction goes under one token in all of its attempts, so that it is done once.
 */
export class DynamoDb implements TableClient {
  readonly #service: Service;
  readonly #world: World;
  readonly #attempts: number;

  constructor({ world, attempts = defaultAttempts, ...service }: DynamoDbOptions) {
    this.#service = new Service({ ...service, service: 'dynamodb', attemptMilliseconds });
    this.#world = world;
    this.#attempts = attempts;
  }

  async send<O extends Operation>(operation: O, input: Input<O>): Promise<Output<O>> {
    const wire = wires[operation];
    const token = operation === 'TransactWriteItems' ? { ClientRequestToken: this.#world.newId() } : {};
    const body = JSON.stringify({ ...wire.encode(input), ...token });
    for (let attempt = 1; ; attempt++) {
      try {
        return wire.decode(await this.#attempt(operation, body, attempt));
      } catch (error) {
        if (attempt === this.#attempts || !mayPass(error)) throw error;
      }
      await this.#world.sleep(this.#world.random() * firstWaitMilliseconds * 2 ** (attempt - 1));
    }
  }

  /** Closes the sockets that nobody uses. */
  close(): void {
    this.#service.close();
  }

  async #attempt(operation: Operation, body: string, attempt: number): Promise<object> {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `DynamoDB_20120810.${operation}`,
    };
    const request = { method: 'POST', path: '/', headers, payload: payloadOf(body) };
    const answer = await this.#service.request(request, attempt);
    const json = parseJson(answer.body.toString());
    if (answer.status !== 200) throw errorOf(answer.status, json);
    if (typeof json !== 'object' || json === null) throw new NoAnswer('the answer is no JSON object');
    return json;
  }
}

function errorOf(status: number, json: unknown): DynamoDbError {
  const type = valueIn(json, '__type');
  const message = valueIn(json, 'message') ?? valueIn(json, 'Message');
  return new DynamoDbError({
    name: typeof type === 'string' ? type.replace(/^.*#/, '') : 'UnknownError',
    message: typeof message === 'string' ? message : `DynamoDB answered ${status}`,
    status,
    reasons: listOf(valueIn(json, 'CancellationReasons')).map(reasonOf),
  });
}

function reasonOf(reason: unknown): CancellationReason {
  const code = valueIn(reason, 'Code');
  return { code: typeof code === 'string' ? code : 'None', item: itemIn(reason, 'Item') };
}
