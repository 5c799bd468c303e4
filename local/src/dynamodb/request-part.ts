import { isRecord } from '../json.ts';

/** A request, or one part of a batch or transaction: parameters by name, the same names in all of them. */
export type Part = Readonly<Record<string, unknown>>;

/** IAM cannot decide on a request that cannot be read, so it is refused. The message says what would be right. */
export class UnreadableRequest extends Error {
  override readonly name = 'UnreadableRequest';
}

export function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** What is no object has no names. */
export function section(value: unknown): Part {
  return isRecord(value) ? value : {};
}

export function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
