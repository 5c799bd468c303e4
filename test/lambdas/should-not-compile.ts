/* Checked by the compiler alone: each line below an expectation must be an error of types. */
import { messageRoute } from '../../lambdas/adapters/api-gateway/message-route.ts';
import { done } from '../../lambdas/core/refusals.ts';
import { newHouse } from '../support/house.ts';

const house = newHouse();
const unsubscribed = { type: 'unsubscribed', conversationId: 'talk' } as const;

export const answered = messageRoute(['unsubscribe'], house, () => Promise.resolve(done(unsubscribed)));

// @ts-expect-error The reply of another action.
export const otherReply = messageRoute(['close'], house, () => Promise.resolve(done(unsubscribed)));
