import type { Call } from '../authorization.ts';
import type { KeyElement, TableModel } from '../model.ts';
import { attributesOf } from './request-attributes.ts';
import { leadingKeysOf } from './request-keys.ts';
import { list, section, text, UnreadableRequest, type Part } from './request-part.ts';

export interface CallReaderOptions {
  readonly partition: string;
  readonly account: string;
  readonly region: string;
  readonly tables: readonly TableModel[];
}

/**
 * What IAM is asked for a request: `operation` such as `PutItem`, and its JSON. Throws an `UnreadableRequest` when the
 * request does not tell; so does a condition key, for a policy that asks for it.
 */
export type CallReader = (operation: string, request: Part) => Call[];

/** What a request wants of one table or index: one action, for all its parts together. */
interface Access {
  readonly action: string;
  /** Name or ARN. */
  readonly table: string | undefined;
  readonly index?: string | undefined;
  readonly parts: readonly Part[];
}

/** Condition keys that a call may have. Source: "Actions, resources, and condition keys for Amazon DynamoDB". */
export const dynamoDbConditionKeys = [
  'dynamodb:Attributes',
  'dynamodb:EnclosingOperation',
  'dynamodb:FullTableScan',
  'dynamodb:LeadingKeys',
  'dynamodb:ReturnConsumedCapacity',
  'dynamodb:ReturnValues',
  'dynamodb:Select',
] as const;

/** Those of them that have a list of values. */
export const dynamoDbListKeys = [
  'dynamodb:Attributes',
  'dynamodb:LeadingKeys',
] as const satisfies readonly (typeof dynamoDbConditionKeys)[number][];

/**
 * Reads requests to DynamoDB as actions on tables and indexes.
 *
 * A batch is one action on each of its tables. A transaction is the actions of its parts ("IAM with transactions"), and
 * the parts of one action on one table are asked for together, with all their keys.
 */
export function callReader(options: CallReaderOptions): CallReader {
  return (operation, request) =>
    accesses(operation, request).map((access) => callOf(access, operation, request, options));
}

function accesses(operation: string, request: Part): Access[] {
  switch (operation) {
    case 'BatchGetItem':
      return Object.entries(section(request['RequestItems'])).map(([table, keys]) => ({
        action: operation,
        table,
        parts: [section(keys)],
      }));
    case 'BatchWriteItem':
      return Object.entries(section(request['RequestItems'])).map(([table, writes]) => ({
        action: operation,
        table,
        parts: list(writes).map((write) => section(onlyKind(write, operation)[1])),
      }));
    case 'TransactGetItems':
    case 'TransactWriteItems':
      return transactionAccesses(list(request['TransactItems']).map((item) => onlyKind(item, operation)));
    default:
      return [
        { action: operation, table: tableOf(request), index: text(request['IndexName']), parts: [request] },
      ];
  }
}

const partActions: Readonly<Record<string, string>> = {
  ConditionCheck: 'ConditionCheckItem',
  Delete: 'DeleteItem',
  Get: 'GetItem',
  Put: 'PutItem',
  Update: 'UpdateItem',
};

/** Such as `PutRequest` and what it puts. */
function onlyKind(item: unknown, operation: string): readonly [string, unknown] {
  const [found, ...others] = Object.entries(section(item));
  if (found !== undefined && others.length === 0) return found;
  throw new UnreadableRequest(`Each item of ${operation} holds one request, and not several or none.`);
}

function transactionAccesses(items: readonly (readonly [string, unknown])[]): Access[] {
  const found = new Map<string, { action: string; table: string | undefined; parts: Part[] }>();
  for (const [kind, value] of items) {
    const action = partActions[kind] ?? kind;
    const part = section(value);
    const table = text(part['TableName']);
    const name = `${action} ${table}`;
    const access = found.get(name) ?? { action, table, parts: [] };
    access.parts.push(part);
    found.set(name, access);
  }
  return [...found.values()];
}

/** Operations on items by their keys. */
const keyed = new Set([
  'BatchGetItem',
  'BatchWriteItem',
  'DeleteItem',
  'GetItem',
  'PutItem',
  'Query',
  'TransactGetItems',
  'TransactWriteItems',
  'UpdateItem',
]);

/** Operations on what is not a table name the table, stream or backup by its ARN. */
function tableOf({ TableName, ResourceArn, StreamArn, BackupArn }: Part): string | undefined {
  return text(TableName ?? ResourceArn ?? StreamArn ?? BackupArn);
}

function callOf(access: Access, operation: string, request: Part, options: CallReaderOptions): Call {
  const { action, parts } = access;
  const table = options.tables.find(({ name, arn }) => access.table === name || access.table === arn);
  const isRead = operation === 'Query' || operation === 'Scan';
  return {
    action: `dynamodb:${action}`,
    resource: resourceOf(access, options),
    context: {
      'dynamodb:Attributes': () => some(attributesOf(parts)),
      'dynamodb:EnclosingOperation': () => (operation.startsWith('Transact') ? operation : undefined),
      'dynamodb:FullTableScan': () => (operation === 'Scan' ? 'true' : undefined),
      'dynamodb:LeadingKeys': () =>
        keyed.has(operation) ? some(leadingKeysOf(parts, partitionKeyOf(table, access.index))) : undefined,
      'dynamodb:ReturnConsumedCapacity': () => text(request['ReturnConsumedCapacity']),
      'dynamodb:ReturnValues': () => text(request['ReturnValues']),
      'dynamodb:Select': () => (isRead ? selectOf(request) : undefined),
    } satisfies Record<(typeof dynamoDbConditionKeys)[number], unknown>,
  };
}

/** What concerns no table, such as ListTables, concerns all of them. */
function resourceOf(
  { table = '*', index }: Access,
  { partition, account, region }: CallReaderOptions,
): string {
  const arn = table.startsWith('arn:')
    ? table
    : `arn:${partition}:dynamodb:${region}:${account}:table/${table}`;
  return index === undefined ? arn : `${arn}/index/${index}`;
}

function partitionKeyOf(table: TableModel | undefined, index: string | undefined): string | undefined {
  const indexes = [...(table?.globalSecondaryIndexes ?? []), ...(table?.localSecondaryIndexes ?? [])];
  const keySchema =
    index === undefined ? table?.keySchema : indexes.find(({ indexName }) => indexName === index)?.keySchema;
  return keySchema?.find(({ keyType }: KeyElement) => keyType === 'HASH')?.attributeName;
}

/** The default of what is not said. Source: "Query" and "Scan", Amazon DynamoDB API reference. */
function selectOf(request: Part): string {
  const stated = text(request['Select']);
  if (stated !== undefined) return stated;
  if (request['ProjectionExpression'] !== undefined || request['AttributesToGet'] !== undefined)
    return 'SPECIFIC_ATTRIBUTES';
  return request['IndexName'] === undefined ? 'ALL_ATTRIBUTES' : 'ALL_PROJECTED_ATTRIBUTES';
}

function some(values: readonly string[]): readonly string[] | undefined {
  return values.length === 0 ? undefined : values;
}
