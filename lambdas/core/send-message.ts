import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import { append, nextUpdate, type EntryStep } from './append.ts';
import type { Conversation, ConversationRef, Entry } from './conversation.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection, type Identity } from './identity.ts';
import { publishQuietly } from './publish.ts';
import { shownOf } from './preview.ts';
import { closed, conflict, done, notFound, otherUser, type Answer, type Refused } from './refusals.ts';

/**
 * Stores a message of staff under the next number and tells the others.
 *
 * Answers after the commit. A repeat with the same `clientMessageId` answers with the first number, for ever. It delivers
 * again, since the first attempt may have died between commit and delivery, as long as its sender may see the conversation.
 * A message that is another user's (`as`) is refused before anything is read.
 */
export async function sendMessage(
  deps: Dependencies,
  connection: Connection,
  request: Request<'sendMessage'>,
): Promise<Answer<Reply<'sent'>>> {
  const { identity } = connection;
  if (request.as !== undefined && !isOwner(identity, request.as)) return otherUser;
  const ref = { hotelId: identity.hotelId, conversationId: request.conversationId };
  const appended = await append(deps, {
    ref,
    receipt: { sender: `staff#${identity.userId}`, key: request.clientMessageId },
    decide: (current, now) => decide(identity, request, current, now),
  });
  if (appended.kind === 'refused') return appended;
  if (appended.kind === 'duplicate') return repeat(deps, connection, ref, request, appended.seq);
  await publishQuietly(deps, appended.conversation, appended.entry, connection.id);
  return done(sent(request, appended.entry, false));
}

function isOwner(identity: Identity, { hotelId, userId }: Pick<Identity, 'hotelId' | 'userId'>): boolean {
  return hotelId === identity.hotelId && userId === identity.userId;
}

function decide(
  identity: Identity,
  request: Request<'sendMessage'>,
  current: Conversation | undefined,
  now: Date,
): Refused | EntryStep {
  if (current === undefined || !maySee(identity, current.department)) return notFound;
  if (current.status === 'closed') return closed;
  const updatedAt = nextUpdate(current, now);
  const entry: Entry = {
    seq: current.head + 1,
    id: request.clientMessageId,
    sender: {
      kind: 'staff',
      id: identity.userId,
      ...(identity.name === undefined ? {} : { name: identity.name }),
    },
    text: request.text,
    sentAt: updatedAt,
  };
  return {
    kind: 'store',
    next: { ...current, head: entry.seq, updatedAt, ...shownOf(entry) },
    entry,
  };
}

async function repeat(
  deps: Dependencies,
  connection: Connection,
  ref: ConversationRef,
  request: Request<'sendMessage'>,
  seq: number,
): Promise<Answer<Reply<'sent'>>> {
  const [conversation, first] = await Promise.all([
    deps.conversations.read(ref),
    deps.conversations.entry(ref, seq),
  ]);
  if (conversation === undefined || first === undefined) throw new Error('a receipt without its entry');
  if (first.text !== request.text) return conflict;
  // Who has lost access learns what became of the own message, and makes nobody hear anything.
  if (maySee(connection.identity, conversation.department)) {
    await publishQuietly(deps, conversation, first, connection.id);
  }
  return done(sent(request, first, true));
}

function sent(request: Request<'sendMessage'>, entry: Entry, duplicate: boolean): Reply<'sent'> {
  const { conversationId, clientMessageId } = request;
  return { type: 'sent', conversationId, clientMessageId, seq: entry.seq, sentAt: entry.sentAt, duplicate };
}
