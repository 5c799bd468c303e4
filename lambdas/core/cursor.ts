import * as v from 'valibot';
import type { Status } from '../../protocol/model.ts';
import { id, instant } from '../../protocol/scalars.ts';

/** What a listing was asked for; a cursor goes on with the same question only. */
export interface ListingQuestion {
  /** Absent: all that the token lists. */
  readonly department: string | null | undefined;
  readonly status: Status;
}

/** Where a listing stopped. */
export interface ListingPosition {
  readonly updatedAt: string;
  readonly conversationId: string;
}

const position = v.object({ updatedAt: instant, conversationId: id });

/** Opaque to clients. It names no hotel: the hotel always comes from the verified token. */
export function writeCursor(
  question: ListingQuestion,
  { updatedAt, conversationId }: ListingPosition,
): string {
  return btoa([...partsOf(question), updatedAt, conversationId].join(separator));
}

/** The position, or undefined unless `writeCursor` could have written this for the same question. */
export function readCursor(cursor: string, question: ListingQuestion): ListingPosition | undefined {
  const [scope, status, updatedAt, conversationId, ...more] = decode(cursor).split(separator);
  const [ownScope, ownStatus] = partsOf(question);
  if (scope !== ownScope || status !== ownStatus || more.length > 0) return undefined;
  const parsed = v.safeParse(position, { updatedAt, conversationId });
  return parsed.success ? parsed.output : undefined;
}

/** No id holds it. */
const separator = '#';

function partsOf({ department, status }: ListingQuestion): [string, string] {
  // `*` and the empty text are no ids, so neither can be taken for a department.
  return [department === undefined ? '*' : (department ?? ''), status];
}

function decode(cursor: string): string {
  try {
    return atob(cursor);
  } catch {
    return '';
  }
}
