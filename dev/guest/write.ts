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

/** Does what upstream does with a guest's message: adds it to its conversation, which it begins when there is none. */
export async function writeAsGuest(notify: Notify, writing: Writing): Promise<Notified> {
  const { hotelId, conversationId, department, guest, message } = writing;
  const received = await notify({ type: 'message.received', hotelId, conversationId, message });
  if (received.ok || received.errorType !== 'NOT_FOUND') return received;
  return await notify({
    type: 'conversation.created',
    hotelId,
    conversation: { id: conversationId, ...(department === undefined ? {} : { department }), guest },
    message,
  });
}
