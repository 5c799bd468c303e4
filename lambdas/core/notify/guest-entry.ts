import { byteLength } from '../../../protocol/codec.ts';
import { limits } from '../../../protocol/limits.ts';
import type { Attachment } from '../../../protocol/model.ts';
import type { GuestMessage } from '../../../protocol/notify.ts';
import { nextUpdate } from '../append.ts';
import type { Conversation, Entry, Guest } from '../conversation.ts';
import { latest } from '../state.ts';
import { clean, preview } from '../text.ts';

/** A conversation one guest's message further; a closed one is open again. */
export function withGuestMessage(
  current: Conversation,
  message: GuestMessage,
  now: Date,
  caused: Entry['caused'] = current.status === 'closed' ? 'reopened' : undefined,
): { next: Conversation; entry: Entry } {
  const entry = guestEntry(current, message, now, caused);
  const reopened =
    caused === 'reopened' ? ({ status: 'open', stateAt: latest(current.stateAt, now) } as const) : {};
  return {
    next: {
      ...current,
      ...reopened,
      head: entry.seq,
      updatedAt: nextUpdate(current, now),
      ...(entry.text === '' ? {} : { preview: preview(entry.text) }),
    },
    entry,
  };
}

/** The text of a guest's message as it is stored. */
export function storedText(message: GuestMessage): string {
  return clean(message.text, limits.textUnits).text;
}

/** A guest as stored. */
export function cleanGuest({ name, ...guest }: Guest): Guest {
  return { ...guest, ...cleanName(name) };
}

/** A name is the guest's own writing and is cleaned like a text; one of which nothing is left is none. */
function cleanName(name: string | undefined): { name?: string } {
  const { text } = clean(name ?? '', limits.freeTextUnits);
  return text === '' ? {} : { name: text };
}

function guestEntry(current: Conversation, message: GuestMessage, now: Date, caused: Entry['caused']): Entry {
  const { id, name } = current.guest;
  const { text, truncated } = clean(message.text, limits.textUnits);
  const bare: Entry = {
    seq: current.head + 1,
    id: message.id,
    sender: { kind: 'guest', id, ...(name === undefined ? {} : { name }) },
    text,
    sentAt: message.sentAt ?? now.toISOString(),
    ...(caused === undefined ? {} : { caused }),
  };
  const given = (message.attachments ?? []).map(({ name: written, ...rest }) => ({
    ...rest,
    ...cleanName(written),
  }));
  const attachments = fitting(given, limits.messageBytes - byteLength(JSON.stringify(bare)));
  return {
    ...bare,
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(truncated || attachments.length < given.length ? { truncated: true } : {}),
  };
}

/** The first ten, as far as they fit: a message and its conversation go out in one frame. */
function fitting(attachments: readonly Attachment[], bytes: number): Attachment[] {
  let used = 0;
  const kept = attachments.slice(0, limits.attachments);
  const end = kept.findIndex((attachment) => (used += byteLength(JSON.stringify(attachment)) + 1) > bytes);
  return end === -1 ? kept : kept.slice(0, end);
}
