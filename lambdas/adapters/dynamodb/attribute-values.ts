/** What DynamoDB sent is not what its API reference says it sends. */
export class MalformedAnswer extends Error {
  override readonly name = 'MalformedAnswer';
}

/**
 * An item out of DynamoDB's JSON, in which each value stands under its type: `{"S":"text"}`, `{"N":"1"}`
 * ("AttributeValue", Amazon DynamoDB API reference). Of the types only those that memberships have.
 *
 * @throws MalformedAnswer for anything else
 */
export function fromAttributes(attributes: unknown): Record<string, unknown> {
  if (!isObject(attributes)) throw new MalformedAnswer('DynamoDB answered with something else than an item');
  const item: Record<string, unknown> = {};
  for (const [name, attribute] of Object.entries(attributes)) item[name] = fromAttribute(attribute);
  return item;
}

function fromAttribute(attribute: unknown): unknown {
  if (isAttribute(attribute)) {
    const { S, N } = attribute;
    if (S !== undefined) return S;
    if (N !== undefined) return Number(N);
  }
  throw new MalformedAnswer('DynamoDB answered with an attribute of a type that is not read here');
}

interface AttributeValue {
  readonly S?: unknown;
  readonly N?: unknown;
}

function isAttribute(value: unknown): value is AttributeValue {
  return isObject(value);
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
