import type { Key } from '../../contract/table.ts';

/*
 * The operations of DynamoDB that are used here, as much of each as is used ("Actions", Amazon DynamoDB API reference).
 * Items, keys and values are plain JavaScript: texts, numbers, booleans, null, arrays, objects and sets of texts. A
 * property that is undefined is left out.
 */

export type Item = Readonly<Record<string, unknown>>;

interface Conditional {
  readonly TableName: string;
  readonly ConditionExpression?: string | undefined;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  /** In a transaction: a failed condition hands back what is there. */
  readonly ReturnValuesOnConditionCheckFailure?: 'ALL_OLD';
}

/** One write of a transaction: exactly one of these. */
export interface Write {
  readonly Put?: Conditional & { readonly Item: Item };
  readonly Update?: Conditional & { readonly Key: Key; readonly UpdateExpression: string };
  readonly Delete?: Conditional & { readonly Key: Key };
}

export interface GetItem {
  readonly TableName: string;
  readonly Key: Key;
  readonly ConsistentRead: boolean;
  readonly ProjectionExpression?: string;
}

export interface Query {
  readonly TableName: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression: string;
  /** Attributes that are wanted, by placeholders; absent: all. */
  readonly ProjectionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Item;
  readonly ConsistentRead?: boolean;
  readonly ScanIndexForward?: boolean;
  readonly Limit?: number;
  /** Where the page before ended. */
  readonly ExclusiveStartKey?: Item | undefined;
}

export interface DeleteItem {
  readonly TableName: string;
  readonly Key: Key;
  readonly ReturnValues?: 'ALL_OLD';
}

export interface DeleteRequest {
  readonly DeleteRequest: { readonly Key: Key };
}

/** Each operation's input and what it answers. */
export interface Operations {
  readonly GetItem: { input: GetItem; output: { readonly Item?: Item | undefined } };
  readonly Query: {
    input: Query;
    output: { readonly Items: readonly Item[]; readonly LastEvaluatedKey?: Item | undefined };
  };
  readonly TransactWriteItems: {
    input: { readonly TransactItems: readonly Write[] };
    output: object;
  };
  readonly DeleteItem: { input: DeleteItem; output: { readonly Attributes?: Item | undefined } };
  readonly BatchWriteItem: {
    input: { readonly RequestItems: Readonly<Record<string, readonly DeleteRequest[]>> };
    /** The keys that were not deleted, by table. */
    output: { readonly unprocessed: Readonly<Record<string, readonly Item[]>> };
  };
  readonly BatchGetItem: {
    input: {
      readonly RequestItems: Readonly<
        Record<string, { readonly Keys: readonly Key[]; readonly ConsistentRead: boolean }>
      >;
    };
    output: {
      readonly Responses: Readonly<Record<string, readonly Item[]>>;
      /** The keys that were not read, by table. */
      readonly unprocessed: Readonly<Record<string, readonly Item[]>>;
    };
  };
}

export type Operation = keyof Operations;
export type Input<O extends Operation> = Operations[O]['input'];
export type Output<O extends Operation> = Operations[O]['output'];
