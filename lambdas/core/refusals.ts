import type { Refusal } from '../../protocol/codes.ts';
import { limits } from '../../protocol/limits.ts';

/** What a decision ends in: a value, or an expected "no". */
export type Answer<T> = Done<T> | Refused;
export interface Done<T> {
  readonly kind: 'done';
  readonly value: T;
}
export interface Refused {
  readonly kind: 'refused';
  readonly refusal: Refusal;
}

export function done<T>(value: T): Done<T> {
  return { kind: 'done', value };
}

const refused = (code: Refusal['code'], message: string): Refused => ({
  kind: 'refused',
  refusal: { code, message },
});

/** One answer for what does not exist and for what may not be seen, to the letter. */
export const notFound = refused('NOT_FOUND', 'No such conversation.');
/** The same towards upstream, which is told the field. */
export const noSuchConversation = refused(
  'NOT_FOUND',
  'conversationId: no such conversation; send conversation.created first',
);
export const noSuchDepartment = refused('NOT_FOUND', 'No such department among yours.');
export const conflict = refused('CONFLICT', 'This id was used before, with other content.');
export const otherUser = refused(
  'OTHER_USER',
  'as: must be the user and the hotel of this connection; nothing was stored.',
);
export const closed = refused('CLOSED', 'The conversation is closed; reopen it first.');
export const tokenExpired = refused('TOKEN_EXPIRED', 'The token has expired; connect again with a new one.');
export const badCursor = refused(
  'BAD_REQUEST',
  'cursor: must be the cursor of an earlier answer to the same question',
);
export const connectionGone = refused(
  'UNAVAILABLE',
  'This connection is not known any more and is closed; connect again.',
);
export const tooManySubscriptions = refused(
  'LIMIT',
  `This connection has ${limits.subscriptionsPerConnection} subscriptions, as many as it may; unsubscribe from one first.`,
);
export const contended = refused('UNAVAILABLE', 'Too many others write here at this moment; try again.');
