import * as v from 'valibot';

/**
 * Bytes of an item as DynamoDB counts them ("DynamoDB item sizes and formats"): names and texts in UTF-8, a number a byte
 * for two significant digits and one more, a list or a map three bytes and one for each element.
 */
export function itemBytes(item: unknown): number {
  return Object.entries(v.parse(attributes, item)).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value),
    0,
  );
}

/** Write units of so many bytes, outside of a transaction. */
export function writeUnits(bytes: number): number {
  return Math.max(1, Math.ceil(bytes / 1024));
}

const attributes = v.record(v.string(), v.unknown());

const attribute = v.object({
  S: v.optional(v.string()),
  N: v.optional(v.string()),
  L: v.optional(v.array(v.unknown())),
  M: v.optional(attributes),
  SS: v.optional(v.array(v.string())),
  BOOL: v.optional(v.boolean()),
  NULL: v.optional(v.boolean()),
});

function valueBytes(value: unknown): number {
  const { S, N, L, M, SS } = v.parse(attribute, value);
  if (S !== undefined) return Buffer.byteLength(S);
  if (N !== undefined) return Math.ceil(N.replace(/^-|\./g, '').length / 2) + 1;
  if (L !== undefined) return L.reduce((sum: number, each) => sum + 1 + valueBytes(each), 3);
  if (M !== undefined) return 3 + Object.keys(M).length + itemBytes(M);
  if (SS !== undefined) return SS.reduce((sum, each) => sum + Buffer.byteLength(each), 0);
  return 1;
}
