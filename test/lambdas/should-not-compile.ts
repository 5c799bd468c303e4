/* Checked by the compiler alone: each line below an expectation must be an error of types. */
import { messageRoute } from '../../lambdas/adapters/api-gateway/message-route.ts';
import { append, type Appended, type EntryStep, type NoteStep } from '../../lambdas/core/append.ts';
import type { Receipt } from '../../lambdas/core/conversation.ts';
import { done, notFound } from '../../lambdas/core/refusals.ts';
import { newHouse } from '../support/house.ts';

const house = newHouse();
const unsubscribed = { type: 'unsubscribed', conversationId: 'talk' } as const;

export const answered = messageRoute(['unsubscribe'], house, () => Promise.resolve(done(unsubscribed)));

// @ts-expect-error The reply of another action.
export const otherReply = messageRoute(['close'], house, () => Promise.resolve(done(unsubscribed)));

const ref = { hotelId: 'grand', conversationId: 'talk' };
declare const step: EntryStep;
declare const receipt: Receipt;

const change = await append(house, { ref, decide: () => step });

// @ts-expect-error What has no receipt is no duplicate.
export const duplicate = change.kind === 'duplicate';

// @ts-expect-error What decides on steps alone is never unchanged.
export const unchanged = change.kind === 'unchanged';

export const entry: number | undefined = change.kind === 'stored' ? change.entry.seq : undefined;

const repeatable = await append(house, { ref, receipt, decide: () => step });

// @ts-expect-error What has a receipt may be a duplicate.
export const always: 'refused' | 'stored' = repeatable.kind;

// @ts-expect-error A commit without an entry says what it is.
export const wordless: EntryStep | NoteStep = { kind: 'store', next: step.next };

// @ts-expect-error What is stored has an entry or a note.
export const untold: Appended = { kind: 'stored', conversation: step.next };

export const refused: Appended = notFound;
