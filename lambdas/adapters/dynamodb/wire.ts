import { fromAttributes, toAttributes } from './attribute-values.ts';
import type { Input, Item, Operation, Output, Write } from './operations.ts';

/** An operation's input as JSON takes it, and its answer out of what JSON gave. */
interface Wire<O extends Operation> {
  encode(input: Input<O>): object;
  decode(answer: object): Output<O>;
}

/** How each operation goes over the wire. Answers are parsed by whoever reads items out of them. */
export const wires: { readonly [O in Operation]: Wire<O> } = {
  GetItem: {
    encode: (input) => ({ ...input, Key: toAttributes(input.Key) }),
    decode: (answer) => ({ Item: itemIn(answer, 'Item') }),
  },
  Query: {
    encode: ({ ExclusiveStartKey: start, ...input }) => ({
      ...input,
      ExpressionAttributeValues: toAttributes(input.ExpressionAttributeValues),
      ...(start === undefined ? {} : { ExclusiveStartKey: toAttributes(start) }),
    }),
    decode: (answer) => ({
      Items: itemsOf(valueIn(answer, 'Items')),
      LastEvaluatedKey: itemIn(answer, 'LastEvaluatedKey'),
    }),
  },
  TransactWriteItems: {
    encode: ({ TransactItems, ...input }) => ({ ...input, TransactItems: TransactItems.map(encodeWrite) }),
    decode: (answer) => answer,
  },
  DeleteItem: {
    encode: (input) => ({ ...input, Key: toAttributes(input.Key) }),
    decode: (answer) => ({ Attributes: itemIn(answer, 'Attributes') }),
  },
  BatchWriteItem: {
    encode: ({ RequestItems }) => ({
      RequestItems: mapped(RequestItems, (requests) =>
        requests.map(({ DeleteRequest: { Key } }) => ({ DeleteRequest: { Key: toAttributes(Key) } })),
      ),
    }),
    decode: (answer) => ({
      unprocessed: mapped(valueIn(answer, 'UnprocessedItems'), (requests) =>
        listOf(requests).map((request) => fromAttributes(valueIn(valueIn(request, 'DeleteRequest'), 'Key'))),
      ),
    }),
  },
  BatchGetItem: {
    encode: ({ RequestItems }) => ({
      RequestItems: mapped(RequestItems, ({ Keys, ...rest }) => ({
        ...rest,
        Keys: Keys.map((key) => toAttributes(key)),
      })),
    }),
    decode: (answer) => ({
      Responses: mapped(valueIn(answer, 'Responses'), itemsOf),
      unprocessed: mapped(valueIn(answer, 'UnprocessedKeys'), (asked) => itemsOf(valueIn(asked, 'Keys'))),
    }),
  },
};

function encodeWrite({ Put, Update, Delete }: Write): object {
  if (Put) return { Put: { ...withValues(Put), Item: toAttributes(Put.Item) } };
  if (Update) return { Update: { ...withValues(Update), Key: toAttributes(Update.Key) } };
  return { Delete: Delete && { ...withValues(Delete), Key: toAttributes(Delete.Key) } };
}

function withValues(write: { readonly ExpressionAttributeValues?: Item }): object {
  const { ExpressionAttributeValues: values } = write;
  return values === undefined ? write : { ...write, ExpressionAttributeValues: toAttributes(values) };
}

/** A property of something that was JSON; undefined where it has none. */
export function valueIn(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

export function itemIn(value: unknown, name: string): Item | undefined {
  const item = valueIn(value, name);
  return item === undefined || item === null ? undefined : fromAttributes(item);
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function itemsOf(value: unknown): Item[] {
  return listOf(value).map(fromAttributes);
}

/** The same properties with other values; none where there is no object. */
function mapped<T, R>(values: Readonly<Record<string, T>>, change: (value: T) => R): Record<string, R>;
function mapped<R>(values: unknown, change: (value: unknown) => R): Record<string, R>;
function mapped<R>(values: unknown, change: (value: unknown) => R): Record<string, R> {
  const properties = typeof values === 'object' && values !== null ? Object.entries(values) : [];
  return Object.fromEntries(properties.map(([name, value]) => [name, change(value)]));
}
