import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../../../lambdas/adapters/dynamodb/keys.ts';
import type { Placeholders } from './expressions.ts';
import type { Item } from './items.ts';
import { put, remove, update, type Write } from './table.ts';

/* The SDK's inputs are of type `any` where values stand; here they become items and keys, or throw. */

export function keyOf(value: unknown): Key {
  if (!isRecord(value)) throw new Error('no key');
  const { pk, sk } = value;
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('a key has pk and sk');
  return { pk, sk };
}

/** An item without the attributes that are undefined, which the real client leaves out. */
export function itemOf(value: unknown): Item {
  if (!isRecord(value)) throw new Error('no item');
  const { pk, sk } = keyOf(value);
  if (!Object.values(value).includes(undefined)) return { ...value, pk, sk };
  const given = Object.entries(value).filter(([, attribute]) => attribute !== undefined);
  return { ...Object.fromEntries(given), pk, sk };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

export function textOf(value: string | undefined): string {
  if (value === undefined) throw new Error('an expression is missing');
  return value;
}

interface Expressions {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, unknown> | undefined;
}

export function expressionsOf({
  ExpressionAttributeNames,
  ExpressionAttributeValues,
}: Expressions): Placeholders {
  return { ExpressionAttributeNames, ExpressionAttributeValues };
}

export function writesOf(transactItems: TransactWriteCommandInput['TransactItems']): Write[] {
  return (transactItems ?? []).map(({ Put, Update, Delete }) => {
    if (Put) return put(itemOf(Put.Item), Put.ConditionExpression);
    if (Delete) return remove(keyOf(Delete.Key));
    if (!Update) throw new Error('the simulated table does not know this write');
    const { Key: key, UpdateExpression, ConditionExpression } = Update;
    return update(keyOf(key), textOf(UpdateExpression), expressionsOf(Update), ConditionExpression);
  });
}
