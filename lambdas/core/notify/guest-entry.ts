import { byteLength } from '../../../protocol/codec.ts';
import type { GuestContent } from '../../../protocol/guest-content.ts';
import { limits } from '../../../protocol/limits.ts';
import type { Attachment } from '../../../protocol/model.ts';
import type { GuestMessage, NotifyEventOf } from '../../../protocol/notify.ts';
import { nextUpdate } from '../append.ts';
import type { Conversation, Entry, Revised } from '../conversation.ts';
import { shownOf } from '../preview.ts';
import { latest } from '../state.ts';
import { clean, cleanName, preview } from '../text.ts';
import { isNews, revisionOf, shownAs, withRevised } from './revised.ts';

/** A conversation one step further, with the entry that is the step. */
export interface GuestStep {
  readonly next: Conversation;
  readonly entry: Entry;
}

/**
 * A conversation one guest's message further; a closed one is open again. `known` is what the message tells of the guest.
 */
export function withGuestMessage(
  current: Conversation,
  message: GuestMessage,
  now: Date,
  known: Partial<Conversation> = {},
  caused: Entry['caused'] = reopening(current),
): GuestStep {
  const told = { ...current, ...known };
  const revision = revisionOf(current, message.id);
  const entry = guestEntry(told, message.id, message, now, {
    ...(caused === undefined ? {} : { caused }),
    ...(revision === undefined ? {} : { overtaken: true }),
    ...(told.guest.name === current.guest.name ? {} : { renamed: true }),
  });
  const shown = { ...shownOf(entry), ...(revision && shownAs(revision)) };
  return { next: { ...advanced(told, entry, now), ...heard(current, caused, now), ...shown }, entry };
}

/**
 * A conversation after the guest has edited or deleted a message: an entry beside the original, whether that is stored or
 * not. One that is older than what is known of the message is stored, and not shown. An edit is a sign of life as a message is, and reopens; a deletion is none.
 */
export function withRevision(
  current: Conversation,
  event: NotifyEventOf<'message.edited' | 'message.deleted'>,
  now: Date,
): GuestStep {
  const { messageId, eventId } = event;
  const isEdit = event.type === 'message.edited';
  const caused = isEdit ? reopening(current) : undefined;
  const written = guestEntry(current, eventId, event, now, {
    ...(caused === undefined ? {} : { caused }),
    revision: isEdit ? 'edited' : 'deleted',
    messageId,
  });
  const revision: Revised = {
    messageId,
    at: written.sentAt,
    ...(isEdit ? { preview: preview(written.text) } : {}),
  };
  const isOvertaken = !isNews(revisionOf(current, messageId), revision);
  const entry: Entry = isOvertaken ? { ...written, overtaken: true } : written;
  return {
    next: {
      ...advanced(current, entry, now),
      ...(isEdit ? heard(current, caused, now) : {}),
      ...(isOvertaken ? {} : { revised: withRevised(current, revision) }),
      ...(isOvertaken || current.previewOf !== messageId ? {} : shownAs(revision)),
    },
    entry,
  };
}

/** What a guest wrote, as it is stored. */
export function storedText({ text }: GuestContent): string {
  return clean(text, limits.textUnits).text;
}

function reopening(current: Conversation): 'reopened' | undefined {
  return current.status === 'closed' ? 'reopened' : undefined;
}

function advanced(current: Conversation, entry: Entry, now: Date): Conversation {
  return { ...current, head: entry.seq, updatedAt: nextUpdate(current, now) };
}

/** The guest was heard of: a closing that is older is stale from now on. */
function heard(current: Conversation, caused: Entry['caused'], now: Date): Partial<Conversation> {
  return {
    guestAt: latest(current.guestAt, now),
    ...(caused === 'reopened' ? { status: 'open', stateAt: latest(current.stateAt, now) } : {}),
  };
}

function guestEntry(
  current: Conversation,
  entryId: string,
  content: GuestContent,
  now: Date,
  about: Pick<Entry, 'caused' | 'renamed' | 'overtaken' | 'revision' | 'messageId'>,
): Entry {
  const { guest, head } = current;
  const { id, name } = guest;
  const { text, truncated } = clean(content.text, limits.textUnits);
  const bare: Entry = {
    seq: head + 1,
    id: entryId,
    sender: { kind: 'guest', id, ...(name === undefined ? {} : { name }) },
    text,
    sentAt: content.sentAt ?? nextUpdate(current, now),
    ...about,
  };
  const given = (content.attachments ?? []).map(withCleanName);
  const room = limits.messageBytes - byteLength(JSON.stringify(bare));
  const attachments = fitting(
    given.map(({ attachment }) => attachment),
    room,
  );
  const isCut =
    truncated ||
    content.truncated === true ||
    attachments.length < given.length ||
    given.some(({ nameIsCut }) => nameIsCut);
  return {
    ...bare,
    ...(attachments.length === 0 ? {} : { attachments }),
    ...(isCut ? { truncated: true } : {}),
  };
}

function withCleanName({ name, ...rest }: Attachment): { attachment: Attachment; nameIsCut: boolean } {
  if (name === undefined) return { attachment: rest, nameIsCut: false };
  const { text, truncated } = cleanName(name);
  return text === ''
    ? { attachment: rest, nameIsCut: true }
    : { attachment: { ...rest, name: text }, nameIsCut: truncated };
}

/** The first ones, as far as they fit: a message and its conversation go out in one frame. */
function fitting(attachments: readonly Attachment[], bytes: number): readonly Attachment[] {
  let used = 0;
  const end = attachments.findIndex(
    (attachment) => (used += byteLength(JSON.stringify(attachment)) + 1) > bytes,
  );
  return end === -1 ? attachments : attachments.slice(0, end);
}
