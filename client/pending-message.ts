import { isOwner, type Owner } from './identity.ts';
import { has, isText } from './shapes.ts';

/** A message that waits to be stored by the server. */
export interface PendingMessage {
  readonly conversationId: string;
  readonly clientMessageId: string;
  readonly text: string;
}

/** A message in the storage, with whose it is: what one user wrote in one hotel is never sent as another. */
export type OwnedMessage = PendingMessage & Owner;

const isPending = has<PendingMessage>({ conversationId: isText, clientMessageId: isText, text: isText });

export const isOwned = (value: unknown): value is OwnedMessage => isPending(value) && isOwner(value);
