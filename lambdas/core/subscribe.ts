import { limits } from '../../protocol/limits.ts';
import type { Reply } from '../../protocol/replies.ts';
import type { Request } from '../../protocol/requests.ts';
import { untilUncontended } from './contention.ts';
import { conversationOnWire, type Conversation, type ConversationRef } from './conversation.ts';
import type { Dependencies } from './dependencies.ts';
import { maySee, type Connection, type Identity } from './identity.ts';
import { show, upToHead } from './log.ts';
import type { ConversationStore, Group, LogRange } from './ports.ts';
import { connectionClosing, contended, done, notFound, type Outcome } from './refusals.ts';

type Subscribed = Reply<'subscribed'>;

/**
 * Makes a connection hear of a conversation, and answers with what it missed.
 *
 * The membership is durable before the log is read; a commit is durable before its audience is read. So whatever the
 * two do at once, an entry is in the answer or is delivered, or both.
 */
export async function subscribe(
  deps: Pick<Dependencies, 'conversations' | 'connections' | 'world'>,
  connection: Connection,
  { conversationId, since }: Request<'subscribe'>,
): Promise<Outcome<Subscribed>> {
  const { identity } = connection;
  const ref = { hotelId: identity.hotelId, conversationId };
  if (visible(identity, await deps.conversations.read(ref)) === undefined) return notFound;

  const group: Group = { kind: 'conversation', conversationId };
  const joined = await untilUncontended(deps.world, () => deps.connections.join(connection, group));
  if (joined === 'gone') return connectionClosing;
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
  if (since === undefined) return done(await newest(deps.conversations, ref, conversation, page));
  if (since > conversation.head) {
    const whole = await deps.conversations.page(ref, rangeOf(undefined));
    return done({ ...(await newest(deps.conversations, ref, conversation, whole)), reset: true });
  }
  return done(answer(ref, conversation, page, range.kind));
}

/** Ends what `subscribe` added; a member of the conversation's department still hears of it. */
export async function unsubscribe(
  deps: Pick<Dependencies, 'connections' | 'world'>,
  connection: Connection,
  { conversationId }: Request<'unsubscribe'>,
): Promise<Outcome<Reply<'unsubscribed'>>> {
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

async function newest(
  store: ConversationStore,
  ref: ConversationRef,
  conversation: Conversation,
  page: Awaited<ReturnType<ConversationStore['page']>>,
): Promise<Subscribed> {
  const complete = await upToHead(store, ref, page, conversation.head, limits.subscribePage);
  return answer(ref, conversation, complete, 'newest');
}

function answer(
  ref: ConversationRef,
  conversation: Conversation,
  page: Awaited<ReturnType<ConversationStore['page']>>,
  direction: LogRange['kind'],
): Subscribed {
  const reply = { type: 'subscribed', conversation: conversationOnWire(conversation) } as const;
  return { ...reply, ...show(ref, page, direction, conversation.head, reply) };
}

function visible(identity: Identity, conversation: Conversation | undefined): Conversation | undefined {
  return conversation !== undefined && maySee(identity, conversation.department) ? conversation : undefined;
}
