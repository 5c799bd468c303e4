import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection } from './identity.ts';
import { show, upToHead } from './log.ts';
import type { LogRange } from './ports.ts';
import { done, notFound, type Outcome } from './refusals.ts';

/** A page of a conversation's log: before a number, after one, or the newest. */
export async function history(
  deps: Pick<Dependencies, 'conversations'>,
  { identity }: Connection,
  request: Request<'history'>,
): Promise<Outcome<Reply<'history'>>> {
  const { conversationId } = request;
  const ref = { hotelId: identity.hotelId, conversationId };
  const range = rangeOf(request);
  const [conversation, read] = await Promise.all([
    deps.conversations.read(ref),
    deps.conversations.page(ref, range),
  ]);
  if (conversation === undefined || !maySee(identity, conversation.department)) return notFound;
  const { head } = conversation;
  const page = await upToHead(deps.conversations, ref, range, read, head);
  const reply = { type: 'history', conversationId } as const;
  return done({ ...reply, ...show(ref, page, range.kind, head, reply) });
}

function rangeOf({ before, after, limit }: Request<'history'>): LogRange {
  if (before !== undefined) return { kind: 'before', seq: before, limit };
  if (after !== undefined) return { kind: 'after', seq: after, limit };
  return { kind: 'newest', limit };
}
