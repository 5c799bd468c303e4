import { isRecord, valueAt } from '../json.ts';
import { list, section, text, UnreadableRequest, type Part } from './request-part.ts';

/** Where a request has keys: the first as they are, the last ones as conditions. A key may also be given as its item. */
const places = ['Key', 'Item', 'Keys', 'KeyConditionExpression', 'KeyConditions'] as const;

/**
 * The values of the partition key `name` that the parts of a request are about, as IAM compares them: as text.
 *
 * @throws UnreadableRequest for a part that has not its keys in one place, each with one such value: a key that is not
 * read would be allowed by every condition on all keys.
 */
export function leadingKeysOf(parts: readonly Part[], name: string | undefined): string[] {
  if (name === undefined)
    throw new UnreadableRequest('The partition key of the table or index is not known here.');
  return [...new Set(parts.flatMap((part) => valuesOf(part, name).map((value) => textOf(value, name))))];
}

function valuesOf(part: Part, name: string): readonly unknown[] {
  const [place, ...others] = places.filter((candidate) => part[candidate] !== undefined);
  if (place === undefined || others.length > 0)
    throw new UnreadableRequest(`A request names its keys in one of ${places.join(', ')}.`);
  switch (place) {
    case 'Keys':
      return list(part.Keys).map((key) => section(key)[name]);
    case 'KeyConditionExpression':
      return [onlyOne(expressionValues(part, name), name)];
    case 'KeyConditions':
      return [onlyOne(conditionValues(part, name), name)];
    case 'Key':
    case 'Item':
      return [section(part[place])[name]];
  }
}

/** What a KeyConditionExpression compares the partition key with, which it must do with `=`, on either side. */
function expressionValues(part: Part, name: string): unknown[] {
  const expression = (text(part['KeyConditionExpression']) ?? '').replaceAll(/[()]/g, ' ');
  return [...expression.matchAll(/([^\s=<>,]+)\s*=\s*([^\s=<>,]+)/g)].flatMap(([, left = '', right = '']) => {
    const [path, value] = left.startsWith(':') ? [right, left] : [left, right];
    const attribute = path.startsWith('#') ? valueAt(part, ['ExpressionAttributeNames', path]) : path;
    return attribute === name ? [valueAt(part, ['ExpressionAttributeValues', value])] : [];
  });
}

function conditionValues(part: Part, name: string): readonly unknown[] {
  const condition = section(valueAt(part, ['KeyConditions', name]));
  return condition['ComparisonOperator'] === 'EQ' ? list(condition['AttributeValueList']) : [];
}

function onlyOne(values: readonly unknown[], name: string): unknown {
  if (values.length === 1) return values[0];
  throw new UnreadableRequest(`A query compares the partition key ${name} with one value, by =.`);
}

/** `{ "S": "a" }`, `{ "N": "1" }`, or `{ "B": "…" }` in base64. */
function textOf(value: unknown, name: string): string {
  const [found, ...others] = isRecord(value) ? Object.values(value) : [];
  if (typeof found === 'string' && others.length === 0) return found;
  throw new UnreadableRequest(`The partition key ${name} needs one value, such as { "S": "a" }.`);
}
