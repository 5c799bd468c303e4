import type { GuestMessage } from '../../protocol/notify.ts';
import type { Notified, Notify } from './notify-client.ts';

/** A guest's message, with what is needed to begin the conversation. */
export interface Writing {
  readonly hotelId: string;
  readonly conversationId: string;
  /** Where upstream routes a new conversation; absent: nowhere yet. */
  readonly department?: string;
  readonly guest: { readonly id: string; readonly name?: string };
  readonly message: GuestMessage;
}

/**
 * Does what upstream does with a guest's message, without asking first whether its conversation exists: one that does is
 * not begun again, and gets the message all the same.
 */
export async function writeAsGuest(notify: Notify, writing: Writing): Promise<Notified> {
  const { hotelId, conversationId, department, guest, message } = writing;
  return await notify({
    type: 'conversation.created',
    hotelId,
    conversation: { id: conversationId, ...(department === undefined ? {} : { department }), guest },
    message,
  });
}
