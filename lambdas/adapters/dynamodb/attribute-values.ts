import type { Item } from './operations.ts';

/*
 * Values as DynamoDB's JSON has them, each under its type: `{"S":"text"}`, `{"N":"1"}` ("AttributeValue", Amazon DynamoDB
 * API reference). Of its types only those that are stored here.
 */

/** A value's type and, under it, the value. */
interface AttributeValue {
  readonly S?: unknown;
  readonly N?: unknown;
  readonly BOOL?: unknown;
  readonly NULL?: unknown;
  readonly L?: unknown;
  readonly M?: unknown;
  readonly SS?: unknown;
}

/** An item, or a map within one, without the properties that are undefined. */
export function toAttributes(item: object): Record<string, AttributeValue> {
  const attributes: Record<string, AttributeValue> = {};
  for (const [name, value] of Object.entries(item)) {
    if (value !== undefined) attributes[name] = toAttribute(value);
  }
  return attributes;
}

function toAttribute(value: unknown): AttributeValue {
  if (typeof value === 'string') return { S: value };
  if (typeof value === 'number') return { N: String(value) };
  if (typeof value === 'boolean') return { BOOL: value };
  if (value === null) return { NULL: true };
  if (Array.isArray(value)) return { L: value.map(toAttribute) };
  if (value instanceof Set) return { SS: [...value] };
  if (typeof value === 'object') return { M: toAttributes(value) };
  throw new TypeError(`DynamoDB stores no ${typeof value}`);
}

/** @throws TypeError for what is no map of attributes */
export function fromAttributes(attributes: unknown): Item {
  if (!isObject(attributes)) throw new TypeError('DynamoDB answered with something else than an item');
  const item: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(attributes)) item[name] = fromAttribute(attribute);
  return item;
}

function fromAttribute(attribute: unknown): unknown {
  if (isAttribute(attribute)) {
    const { S, N, BOOL, NULL, L, M, SS } = attribute;
    if (S !== undefined) return S;
    if (N !== undefined) return Number(N);
    if (M !== undefined) return fromAttributes(M);
    if (Array.isArray(L)) return L.map(fromAttribute);
    if (Array.isArray(SS)) return new Set<unknown>(SS);
    if (BOOL !== undefined) return BOOL;
    if (NULL !== undefined) return null;
  }
  throw new TypeError('DynamoDB answered with an attribute of a type that is not stored here');
}

function isAttribute(value: unknown): value is AttributeValue {
  return isObject(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
