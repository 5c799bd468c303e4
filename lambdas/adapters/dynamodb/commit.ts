import type { TransactWriteCommandInput } from '@aws-sdk/lib-dynamodb';
import { keys, table as schema } from '../../contract/table.ts';
import type { Conversation } from '../../core/conversation.ts';
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
  const receipt: Write[] = commit.receipt
    ? [
        putNew(tableName, {
          ...keys.receipt(hotelId, conversationId, commit.receipt.sender, commit.receipt.key),
          seq: commit.entry?.seq ?? 0,
        }),
      ]
    : [];
  const entry: Write[] = commit.entry
    ? [putNew(tableName, { ...keys.entry(hotelId, conversationId, commit.entry.seq), ...commit.entry })]
    : [];
  return {
    writes: [...receipt, headWrite(tableName, commit), ...entry],
    ...(commit.receipt ? { receiptAt: 0 } : {}),
    headAt: receipt.length,
  };
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
  // The last one too: a late event that changes nothing else moves `stateAt`, and a later commit must not move it back.
  const conditions = [
    unchanged('head', expected.head),
    unchanged('status', expected.status),
    unchanged('department', expected.department ?? undefined),
    unchanged('stateAt', expected.stateAt),
  ];
  const sets = attributes.map(([name]) => `#${name} = :${name}`).join(', ');
  return {
    Update: {
      TableName: tableName,
      Key: key,
      UpdateExpression: `SET ${sets}`,
      ConditionExpression: conditions.map(({ expression }) => expression).join(' AND '),
      ExpressionAttributeNames: {
        ...Object.fromEntries(attributes.map(([name]) => [`#${name}`, name])),
        ...Object.fromEntries(conditions.map(({ name }) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ...Object.fromEntries(attributes.map(([name, value]) => [`:${name}`, value])),
        ...Object.fromEntries(conditions.flatMap(({ values }) => values)),
      },
      ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    },
  };
}

/** The condition that an attribute is as it was, or is still absent. */
function unchanged(name: string, value: string | number | undefined): Condition {
  return value === undefined
    ? { name, expression: `attribute_not_exists(#${name})`, values: [] }
    : { name, expression: `#${name} = :expected_${name}`, values: [[`:expected_${name}`, value]] };
}

interface Condition {
  readonly name: string;
  readonly expression: string;
  readonly values: readonly (readonly [string, string | number])[];
}

/** What changes in a conversation's life, and the keys under which the department's index lists it. */
function stateAttributes(conversation: Conversation) {
  const { hotelId, conversationId, department, status, head, updatedAt, preview, stateAt } = conversation;
  return {
    department: department ?? undefined,
    status,
    head,
    updatedAt,
    preview,
    stateAt,
    [schema.activityIndex.partitionKey]: keys.activityPartition(hotelId, department, status),
    [schema.activityIndex.sortKey]: keys.activitySort(updatedAt, conversationId),
  };
}
