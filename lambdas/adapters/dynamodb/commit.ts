import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { table as schema } from '../../contract/table.ts';
import { keys } from './keys.ts';
import type { Conversation, Guest, Receipt } from '../../core/conversation.ts';
import type { Commit } from '../../core/ports.ts';

type Write = NonNullable<TransactWriteCommandInput['TransactItems']>[number];

/** The writes of one transaction, and where among them the receipt and the head are. */
export interface CommitWrites {
  readonly writes: Write[];
  readonly receiptAt?: number;
  readonly headAt: number;
}

/**
 * A commit as one transaction: receipt, head, entry.
 *
 * Each condition hands back what is there when it fails, so that a lost race or a duplicate needs no read. The receipt
 * stands first: that a message was stored before counts more than why it could not be stored now.
 */
export function commitWrites(tableName: string, commit: Commit): CommitWrites {
  const { hotelId, conversationId } = commit.next;
  const receipt = commit.receipt ? [receiptWrite(tableName, commit, commit.receipt)] : [];
  const entry: Write[] = commit.entry
    ? [putNew(tableName, { ...keys.entry(hotelId, conversationId, commit.entry.seq), ...commit.entry })]
    : [];
  return {
    writes: [...receipt, headWrite(tableName, commit), ...entry],
    ...(commit.receipt ? { receiptAt: 0 } : {}),
    headAt: receipt.length,
  };
}

function receiptWrite(tableName: string, { next, entry }: Commit, receipt: Receipt): Write {
  const { sender, key, wanted, stale } = receipt;
  return putNew(tableName, {
    ...keys.receipt(next.hotelId, next.conversationId, sender, key),
    seq: entry?.seq ?? 0,
    ...(wanted === undefined ? {} : { wanted }),
    ...(stale === undefined ? {} : { stale }),
  });
}

/** What was stored once is never overwritten. */
function putNew(tableName: string, item: Record<string, unknown>): Write {
  return {
    Put: {
      TableName: tableName,
      Item: item,
      ConditionExpression: 'attribute_not_exists(pk)',
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

function headWrite(tableName: string, { expected, next }: Commit): Write {
  const key = keys.head(next.hotelId, next.conversationId);
  if (expected === undefined) {
    const { hotelId, conversationId, guest } = next;
    return putNew(tableName, { ...key, hotelId, conversationId, guest, ...stateAttributes(next) });
  }
  // An update, not a put: attributes that a newer version of this code keeps on the head stay.
  const attributes = Object.entries(stateAttributes(next)).filter(([, value]) => value !== undefined);
  const guest = guestChanges(expected.guest, next.guest);
  // The last two because they move without the head: a late event that changes nothing else moves `stateAt`, a creation
  // that tells a new name the name, and a later commit must not move them back.
  const conditions = [
    unchanged('head', expected.head),
    unchanged('status', expected.status),
    unchanged('department', expected.department ?? undefined),
    unchanged('stateAt', expected.stateAt),
    unchanged('guest.name', expected.guest.name),
  ];
  const sets = [
    ...attributes.map(([name]) => `#${name} = :${name}`),
    ...guest.map(([name]) => `#guest.#${name} = :guest_${name}`),
  ].join(', ');
  return {
    Update: {
      TableName: tableName,
      Key: key,
      UpdateExpression: `SET ${sets}`,
      ConditionExpression: conditions.map(({ expression }) => expression).join(' AND '),
      ExpressionAttributeNames: {
        ...Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
        ...Object.fromEntries(conditions.flatMap(({ names }) => names.map((name) => [`#${name}`, name]))),
        ...Object.fromEntries(guest.map(([name]) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
        ...Object.fromEntries(guest.map(([name, value]) => [`:guest_${name}`, value])),
        ...Object.fromEntries(conditions.flatMap(({ values }) => values)),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** What is new of the guest, by attribute: what a newer version of this code keeps beside them stays. */
function guestChanges(before: Guest, after: Guest): (readonly [string, string])[] {
  return (['name', 'channel', 'address'] as const).flatMap((name) => {
    const value = after[name];
    return value === undefined || value === before[name] ? [] : [[name, value] as const];
  });
}

/** The condition that an attribute is as it was, or is still absent. `path` may lead into a map, as in `guest.name`. */
function unchanged(path: string, value: string | number | undefined): Condition {
  const names = path.split('.');
  const place = names.map((name) => `#${name}`).join('.');
  const expected = `:expected_${names.join('_')}`;
  return value === undefined
    ? { names, expression: `attribute_not_exists(${place})`, values: [] }
    : { names, expression: `${place} = ${expected}`, values: [[expected, value]] };
}

interface Condition {
  readonly names: readonly string[];
  readonly expression: string;
  readonly values: readonly (readonly [string, string | number])[];
}

/** What changes in a conversation's life, and the keys under which the department's index lists it. */
function stateAttributes(conversation: Conversation) {
  const { hotelId, conversationId, department, status, head, updatedAt } = conversation;
  const { preview, previewOf, previewKind, revised, stateAt, guestAt, namedAt, createdAs } = conversation;
  return {
    department: department ?? undefined,
    status,
    head,
    updatedAt,
    preview,
    previewOf,
    previewKind,
    revised,
    stateAt,
    guestAt,
    namedAt,
    createdAs,
    [schema.activityIndex.partitionKey]: keys.activityPartition(hotelId, department, status),
    [schema.activityIndex.sortKey]: keys.activitySort(updatedAt, conversationId),
  };
}
