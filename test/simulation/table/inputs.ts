import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import type { Key } from '../../../lambdas/contract/table.ts';
import type { Placeholders } from './expressions.ts';
import type { Item } from './items.ts';
import { put, remove, update, type Write } from './table.ts';

/* The SDK's inputs are of type `any` where values stand; here they become items and keys, or throw. */

export function keyOf(value: unknown): Key {
  const { pk, sk } = itemOf(value);
  return { pk, sk };
}

/** An item without the attributes that are undefined, which the real client leaves out. */
export function itemOf(value: unknown): Item {
  if (typeof value !== 'object' || value === null) throw new Error('no item');
  const item: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(value)) if (attribute !== undefined) item[name] = attribute;
  const { pk, sk } = item;
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('an item has pk and sk');
  return { ...item, pk, sk };
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
