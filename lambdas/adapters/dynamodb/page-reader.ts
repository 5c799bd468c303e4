import { parseJson } from '../../../protocol/codec.ts';
import type { Key } from './keys.ts';
import { Unavailable, type World } from '../../core/ports.ts';
import type { HttpResponse } from '../aws/response-reader.ts';
import { Service } from '../aws/service.ts';
import { payloadOf, type Credentials } from '../aws/signature.ts';
import { NoAnswer } from '../aws/sockets.ts';
import { fromAttributes, MalformedAnswer } from './attribute-values.ts';
import { isThrottle } from './errors.ts';

export interface PageQuery {
  readonly table: string;
  readonly partition: string;
  /** Where the page before ended. */
  readonly after?: Key | undefined;
}

export interface Page {
  readonly items: readonly unknown[];
  /** Where it ended, unless the partition ended there too. */
  readonly last?: Key | undefined;
}

/** Reads a partition's items in order, consistently, as many as 1 MB holds. Rejects with `Unavailable`. */
export type ReadPage = (query: PageQuery) => Promise<Page>;

export interface PageReaderOptions {
  readonly endpoint: string;
  readonly region: string;
  readonly credentials: Credentials;
  readonly world: World;
  readonly attempts?: number;
}

/** As for the SDK's client beside it: three attempts of at most two seconds. */
const attemptMilliseconds = 2000;
const defaultAttempts = 3;
const firstWaitMilliseconds = 100;

/**
 * One Query of DynamoDB's JSON protocol ("Query", Amazon DynamoDB API reference), for the rows that a fan-out reads.
 *
 * Not the SDK's, which takes two or three times the CPU for it (`npm run bench:members`), and beside a post to each
 * member the read is what a fan-out costs. What is not answered, throttled or failed is asked again, as the SDK would.
 */
export function pageReader({ world, attempts = defaultAttempts, ...options }: PageReaderOptions): ReadPage {
  const service = new Service({ ...options, service: 'dynamodb', attemptMilliseconds });
  return async (query) => {
    const payload = payloadOf(JSON.stringify(inputOf(query)));
    for (let attempt = 1; ; attempt++) {
      try {
        return pageOf(await service.request({ method: 'POST', path: '/', headers, payload }, attempt));
      } catch (error) {
        if (!(error instanceof NoAnswer || error instanceof Unavailable)) throw error;
        if (attempt === attempts) throw new Unavailable('DynamoDB throttled or failed', { cause: error });
      }
      await world.sleep(world.random() * firstWaitMilliseconds * 2 ** (attempt - 1));
    }
  };
}

const headers = {
  'content-type': 'application/x-amz-json-1.0',
  'x-amz-target': 'DynamoDB_20120810.Query',
};

function inputOf({ table, partition, after }: PageQuery): object {
  return {
    TableName: table,
    KeyConditionExpression: 'pk = :pk',
    ExpressionAttributeValues: { ':pk': { S: partition } },
    ConsistentRead: true,
    ...(after === undefined ? {} : { ExclusiveStartKey: { pk: { S: after.pk }, sk: { S: after.sk } } }),
  };
}

/** @throws Unavailable for a throttle or a failure, Error for any other refusal */
function pageOf({ status, body }: HttpResponse): Page {
  const answer = parseJson(body.toString());
  if (status !== 200) throw refusal(status, answer);
  const items = valueIn(answer, 'Items');
  if (!Array.isArray(items)) throw new MalformedAnswer('DynamoDB answered a query without items');
  const last = valueIn(answer, 'LastEvaluatedKey');
  return { items: items.map(fromAttributes), ...(last === undefined ? {} : { last: keyOf(last) }) };
}

function keyOf(attributes: unknown): Key {
  const { pk, sk } = fromAttributes(attributes);
  if (typeof pk === 'string' && typeof sk === 'string') return { pk, sk };
  throw new MalformedAnswer('DynamoDB answered with something else than a key');
}

function refusal(status: number, answer: unknown): Error {
  const type = String(valueIn(answer, '__type')).replace(/^.*#/, '');
  const message = `DynamoDB answered ${status}: ${String(valueIn(answer, 'message') ?? valueIn(answer, 'Message'))}`;
  const error = Object.assign(new Error(message), { name: type });
  return status >= 500 || isThrottle(type) ? new Unavailable(message, { cause: error }) : error;
}

function valueIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}
