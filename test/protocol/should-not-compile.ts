/* Checked by the compiler alone: each line below an expectation must be an error of types. */
import type { Refusal } from '../../protocol/codes.ts';
import { encode, errorFrame, type Decoded } from '../../protocol/codec.ts';
import type { NotifyEventOf } from '../../protocol/notify.ts';
import type { Event, Reply } from '../../protocol/replies.ts';
import type { Request, RequestInput } from '../../protocol/requests.ts';

// @ts-expect-error An action that does not exist.
export const unknownAction: Request<'dance'> = { action: 'dance' };

// @ts-expect-error A field that the action does not have.
export const unknownField: RequestInput<'close'> = { action: 'close', conversationId: 'c', department: 'd' };

// @ts-expect-error A field that is missing.
export const missingField: RequestInput<'route'> = { action: 'route', conversationId: 'c' };

// @ts-expect-error An optional field is absent, never undefined.
export const undefinedField: RequestInput<'ping'> = { action: 'ping', id: undefined };

// @ts-expect-error A server always says the limit of a page; a client need not.
export const defaulted: Request<'history'> = { action: 'history', conversationId: 'c' };

// @ts-expect-error Whether to say who is asked, or not.
export const notWho: RequestInput<'ping'> = { action: 'ping', who: false };

// @ts-expect-error Whose message it is has a hotel and a user.
export const halfOwned: Pick<RequestInput<'sendMessage'>, 'as'> = { as: { userId: 'ana' } };

// @ts-expect-error A code that does not exist.
export const unknownCode: Refusal = { code: 'TEAPOT', message: 'short and stout' };

// @ts-expect-error A reply of another type.
export const otherReply: Reply<'sent'> = { type: 'unsubscribed', conversationId: 'c' };

// @ts-expect-error A reset is true or absent.
export const noReset: Pick<Reply<'subscribed'>, 'reset'> = { reset: false };

// @ts-expect-error An event has no id.
export const eventWithId: Event<'bye'> = { type: 'bye', reason: 'flood', retry: 'no', id: 'r1' };

const you = { hotelId: 'h', userId: 'u' };

// @ts-expect-error An event does not say who the connection is.
export const eventWithYou: Event<'bye'> = { type: 'bye', reason: 'flood', retry: 'no', you };

// @ts-expect-error A request is no frame of the server.
export const encoded = encode({ action: 'ping' });

// @ts-expect-error The advice comes from the code.
export const advised = errorFrame({ code: 'CLOSED', message: '', retry: 'now' });

export function unchecked(decoded: Decoded<Request>): boolean {
  // @ts-expect-error What was decoded has a value only after a look at `ok`.
  return decoded.value === undefined;
}

// @ts-expect-error A deletion is in no department.
export const deletion: NotifyEventOf<'message.deleted'>['department'] = 'gone';

// @ts-expect-error A closing has no department.
export const closing: NotifyEventOf<'conversation.closed'>['department'] = 'd';
