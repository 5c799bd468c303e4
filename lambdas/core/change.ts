import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import { append } from './append.ts';
import { conversationOnWire } from './conversation.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection } from './identity.ts';
import { publishQuietly } from './publish.ts';
import { done, notFound, type Answer } from './refusals.ts';
import { changed, type Change } from './state.ts';

/**
 * Routes, closes or reopens a conversation on behalf of staff, and tells everyone whom it concerns.
 *
 * What is already so is answered the same and stores nothing, which makes a retry harmless without a key. The
 * connection that asked gets the event too: its reply does not carry the numbered entry.
 */
export async function change(
  deps: Dependencies,
  { identity }: Connection,
  request: Request<'route' | 'close' | 'reopen'>,
): Promise<Answer<Reply<'changed'>>> {
  const wanted = changeOf(request);
  const entryId = deps.world.newId();
  const sender = {
    kind: 'system',
    id: identity.userId,
    ...(identity.name === undefined ? {} : { name: identity.name }),
  } as const;
  const appended = await append(deps, {
    ref: { hotelId: identity.hotelId, conversationId: request.conversationId },
    decide(current, now) {
      if (current === undefined || !maySee(identity, current.department)) return notFound;
      return changed(current, { ...wanted, entryId, sender }, now);
    },
  });
  if (appended.kind === 'refused') return appended;
  if (appended.kind === 'stored') await publishQuietly(deps, appended.conversation, appended.entry);
  return done({ type: 'changed', conversation: conversationOnWire(appended.conversation) });
}

function changeOf(request: Request<'route' | 'close' | 'reopen'>): Change {
  return request.action === 'route'
    ? { event: 'routed', department: request.department }
    : { event: request.action === 'close' ? 'closed' : 'reopened' };
}
