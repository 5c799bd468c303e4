import type { Conversation, Entry } from './conversation.ts';
import { preview } from './text.ts';

/** How an inbox shows a message of a person that is its conversation's newest, with or without a text. */
export function shownOf({
  id,
  sender,
  text,
  attachments,
}: Entry): Pick<Conversation, 'preview' | 'previewOf' | 'previewKind'> {
  return {
    preview: preview(text),
    previewOf: sender.kind === 'guest' ? id : '',
    previewKind: attachments?.[0]?.kind ?? '',
  };
}
