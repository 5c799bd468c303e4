import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import { maySee, type Connection } from './identity.ts';
import { notBeyond, show } from './log.ts';
import type { ConversationStore, LogRange } from './ports.ts';
import { done, notFound, type Answer } from './refusals.ts';

/**
 * A page of a conversation's log: before a number, after one, or the newest.
 *
 * The conversation is read first, and its log only for who may see it: read together, a conversation that may not be
 * seen would cost a page, and take longer to refuse than one that is not there. The head bounds the page, because it is
 * where the reader was found entitled; what has come since reaches the reader as it reaches everyone.
 */
export async function history(
  deps: { readonly conversations: Pick<ConversationStore, 'read' | 'page'> },
  { identity }: Connection,
  request: Request<'history'>,
): Promise<Answer<Reply<'history'>>> {
  const { conversationId } = request;
  const ref = { hotelId: identity.hotelId, conversationId };
  const conversation = await deps.conversations.read(ref);
  if (conversation === undefined || !maySee(identity, conversation.department)) return notFound;
  const { head } = conversation;
  const range = rangeOf(request, head);
  const page = notBeyond(await deps.conversations.page(ref, range), head);
  const reply = { type: 'history', conversationId } as const;
  return done({ ...reply, ...show(ref, page, range.kind, head, reply) });
}

/** As many entries as are wanted and there are. */
function rangeOf({ before, after, limit }: Request<'history'>, head: number): LogRange {
  if (after !== undefined && before === undefined) {
    return { kind: 'after', seq: after, limit: Math.max(1, Math.min(limit, head - after)) };
  }
  return { kind: 'before', seq: Math.min(before ?? Number.POSITIVE_INFINITY, head + 1), limit };
}
