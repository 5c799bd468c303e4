import { isRecord, valueAt } from '../json.ts';
import { list, section, text, type Part } from './request-part.ts';

/** The values of the partition key `name` that the parts of a request are about, as IAM compares them: as text. */
export function leadingKeysOf(parts: readonly Part[], name: string | undefined): string[] {
  if (name === undefined) return [];
  const values = parts.flatMap((part) => [
    ...keysOf(part).map((key) => section(key)[name]),
    expressionValue(part, name),
    ...list(valueAt(part, ['KeyConditions', name, 'AttributeValueList'])),
  ]);
  return [...new Set(values.flatMap((value) => textOf(value) ?? []))];
}

/** A key may also be given as the item that has it. */
function keysOf({ Key: key, Keys: keys, Item: item }: Part): readonly unknown[] {
  return [key, item, ...list(keys)];
}

/** What a KeyConditionExpression compares the partition key with, which it must do with `=`. */
function expressionValue(part: Part, name: string): unknown {
  const expression = (text(part['KeyConditionExpression']) ?? '').replaceAll(/[()]/g, ' ');
  for (const [, path = '', placeholder = ''] of expression.matchAll(/([^\s=]+)\s*=\s*(:\w+)/g)) {
    const attribute = path.startsWith('#') ? valueAt(part, ['ExpressionAttributeNames', path]) : path;
    if (attribute === name) return valueAt(part, ['ExpressionAttributeValues', placeholder]);
  }
  return undefined;
}

/** `{ "S": "a" }`, `{ "N": "1" }`, or `{ "B": "…" }` in base64. */
function textOf(value: unknown): string | undefined {
  return isRecord(value) ? text(Object.values(value)[0]) : undefined;
}
