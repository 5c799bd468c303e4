import { limits } from '../../protocol/limits.ts';
import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import { homeGroups } from './connect.ts';
import { untilUncontended } from './contention.ts';
import { conversationOnWire, type Conversation } from './conversation.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection, type Identity } from './identity.ts';
import { show, upToHead } from './log.ts';
import type { ConversationStore, Group, LogPage, LogRange } from './ports.ts';
import { contended, done, notFound, tooManySubscriptions, type Answer } from './refusals.ts';
import { closeUnknown } from './unknown-connection.ts';

type Subscribed = Reply<'subscribed'>;

/**
 * Makes a connection hear of a conversation, and answers with what it missed.
 *
 * The membership is durable before the log is read; a commit is durable before its audience is read. So whatever the
 * two do at once, an entry is in the answer or is delivered, or both.
 */
export async function subscribe(
  deps: Pick<Dependencies, 'conversations' | 'connections' | 'gateway' | 'world'>,
  connection: Connection,
  { conversationId, since }: Request<'subscribe'>,
): Promise<Answer<Subscribed>> {
  const { identity } = connection;
  const ref = { hotelId: identity.hotelId, conversationId };
  if (visible(identity, await deps.conversations.read(ref)) === undefined) return notFound;

  const group: Group = { kind: 'conversation', conversationId };
  const most = homeGroups(identity).length + limits.subscriptionsPerConnection;
  const joined = await untilUncontended(deps.world, () => deps.connections.join(connection, group, most));
  if (joined === 'gone') return closeUnknown(deps, connection);
  if (joined === 'full') return tooManySubscriptions;
  if (joined === 'contended') return contended;

  const range = rangeOf(since);
  const [current, page] = await Promise.all([
    deps.conversations.read(ref),
    deps.conversations.page(ref, range),
  ]);
  const conversation = visible(identity, current);
  if (conversation === undefined) {
    await untilUncontended(deps.world, () => deps.connections.leave(connection, group));
    return notFound;
  }
  if (since !== undefined && since > conversation.head) {
    const newest = rangeOf(undefined);
    const instead = await deps.conversations.page(ref, newest);
    return done({ ...(await answer(deps.conversations, conversation, newest, instead)), reset: true });
  }
  return done(await answer(deps.conversations, conversation, range, page));
}

/** Ends what `subscribe` added; a member of the conversation's department still hears of it. */
export async function unsubscribe(
  deps: Pick<Dependencies, 'connections' | 'world'>,
  connection: Connection,
  { conversationId }: Request<'unsubscribe'>,
): Promise<Answer<Reply<'unsubscribed'>>> {
  const left = await untilUncontended(deps.world, () =>
    deps.connections.leave(connection, { kind: 'conversation', conversationId }),
  );
  return left === 'contended' ? contended : done({ type: 'unsubscribed', conversationId });
}

function rangeOf(since: number | undefined): LogRange {
  return since === undefined
    ? { kind: 'newest', limit: limits.subscribePage }
    : { kind: 'after', seq: since, limit: limits.subscribePage };
}

async function answer(
  store: ConversationStore,
  conversation: Conversation,
  range: LogRange,
  read: LogPage,
): Promise<Subscribed> {
  const { head } = conversation;
  const page = await upToHead(store, conversation, range, read, head);
  const reply = { type: 'subscribed', conversation: conversationOnWire(conversation) } as const;
  return { ...reply, ...show(conversation, page, range.kind, head, reply) };
}

function visible(identity: Identity, conversation: Conversation | undefined): Conversation | undefined {
  return conversation !== undefined && maySee(identity, conversation.department) ? conversation : undefined;
}
