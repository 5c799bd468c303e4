import type {
  Item as RequestedItem,
  Write as RequestedWrite,
} from '../../../lambdas/adapters/dynamodb/operations.ts';
import type { Key } from '../../../lambdas/contract/table.ts';
import type { Item } from './items.ts';
import { put, remove, update, type Write } from './table.ts';

/* What requests hold becomes items and keys, or throws. */

export function keyOf({ pk, sk }: RequestedItem): Key {
  if (typeof pk !== 'string' || typeof sk !== 'string') throw new Error('a key has pk and sk');
  return { pk, sk };
}

/** An item without the attributes that are undefined, which the real client leaves out. */
function itemOf(value: RequestedItem): Item {
  const { pk, sk } = keyOf(value);
  if (!Object.values(value).includes(undefined)) return { ...value, pk, sk };
  const given = Object.entries(value).filter(([, attribute]) => attribute !== undefined);
  return { ...Object.fromEntries(given), pk, sk };
}

export function writesOf(transactItems: readonly RequestedWrite[]): Write[] {
  return transactItems.map(({ Put, Update, Delete }) => {
    if (Put) return put(itemOf(Put.Item), Put.ConditionExpression);
    if (Delete) return remove(Delete.Key);
    if (!Update) throw new Error('a write is one of the three');
    return update(Update.Key, Update.UpdateExpression, Update, Update.ConditionExpression);
  });
}
