import type { Conversation, Revised } from '../conversation.ts';

/*
 * What is known of messages that were edited or deleted. Channels deliver out of order: an edit may come before an earlier
 * one, and either before the message itself.
 */

/**
 * Of how many messages a conversation remembers it. Each costs up to 600 bytes of the row that every commit writes; a
 * message that comes after revisions of eight others is shown as it was written.
 */
const remembered = 8;

export function revisionOf({ revised }: Conversation, messageId: string): Revised | undefined {
  return revised?.find((each) => each.messageId === messageId);
}

/**
 * Whether a revision says something newer than the one that is known: both times are of the guest's channel, or of the
 * commit where it gave none. A deletion is the last word.
 */
export function isNews(known: Revised | undefined, { at, preview }: Revised): boolean {
  if (known === undefined) return true;
  return known.preview !== undefined && (preview === undefined || known.at <= at);
}

/** All that is remembered once `revision` is the newest of its message. */
export function withRevised({ revised = [] }: Conversation, revision: Revised): readonly Revised[] {
  const others = revised.filter(({ messageId }) => messageId !== revision.messageId);
  return [...others, revision].slice(-remembered);
}

/** What becomes of the preview of a message by its newest revision. Nothing shows a deleted message again. */
export function shownAs({ preview }: Revised): Partial<Conversation> {
  return preview === undefined ? { preview: '', previewOf: '', previewKind: '' } : { preview };
}
