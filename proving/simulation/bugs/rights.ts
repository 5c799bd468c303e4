import type { Conversation, ConversationRef } from '../../../lambdas/core/conversation.ts';
import { Heads } from '../../../lambdas/core/heads.ts';
import { fieldsOf, type Fields } from '../history/frames.ts';
import { inConnections, inDependencies, oneIn, pagesOf } from './ports.ts';
import { inReplies } from './replies.ts';
import type { PlantedBug } from './planted-bug.ts';

/** What a function remembers, by the conversation's id alone. */
class HeadsOfAllHotels extends Heads {
  readonly #known = new Map<string, Conversation>();

  override get({ conversationId }: ConversationRef): Conversation | undefined {
    return this.#known.get(conversationId);
  }

  override set(conversation: Conversation): void {
    this.#known.set(conversation.conversationId, conversation);
  }
}

/** An event with other authorizer values. */
function withAuthorizer(event: unknown, change: (authorizer: Fields) => Fields): unknown {
  const fields = fieldsOf(event);
  const context = fieldsOf(fields['requestContext']);
  return {
    ...fields,
    requestContext: { ...context, authorizer: change(fieldsOf(context['authorizer'])) },
  };
}

/** What can be wrong with who may see what, and with what is answered. */
export const rightsBugs: readonly PlantedBug[] = [
  {
    name: 'remembers heads without their hotel',
    bug: inDependencies(() => ({ heads: new HeadsOfAllHotels() })),
  },
  {
    name: 'keeps the first hotel in its module',
    bug: {
      variation: () => ({
        handler(name, handler) {
          let hotelId: unknown;
          if (name === 'authorizer' || name === 'notify') return handler;
          return (event) =>
            handler(
              withAuthorizer(event, (authorizer) => {
                hotelId ??= authorizer['hotelId'];
                return { ...authorizer, hotelId };
              }),
            );
        },
      }),
    },
  },
  {
    name: 'does not ask again for rights when it delivers',
    bug: inConnections((store) => ({
      members: (hotelId, group) =>
        pagesOf(store.members(hotelId, group), (page) =>
          page.map((member) => ({ ...member, role: 'manager' })),
        ),
    })),
  },
  {
    name: 'shows the history to everyone of the hotel',
    bug: {
      variation: () => ({
        handler: (name, handler) =>
          name === 'history'
            ? (event) => handler(withAuthorizer(event, (authorizer) => ({ ...authorizer, role: 'manager' })))
            : handler,
      }),
    },
  },
  {
    name: 'lets everyone of the hotel subscribe',
    bug: {
      variation: () => ({
        handler: (name, handler) =>
          name === 'subscribe'
            ? (event) => handler(withAuthorizer(event, (authorizer) => ({ ...authorizer, role: 'manager' })))
            : handler,
      }),
    },
  },
  {
    name: 'lets a connection subscribe without end',
    bug: {
      ...inConnections((store) => ({
        join: (connection, group) => store.join(connection, group, Number.MAX_SAFE_INTEGER),
      })),
      plan: (plan) => ({ ...plan, hoards: true }),
    },
  },
  {
    name: 'refuses a subscription that a full connection has already',
    bug: {
      ...inReplies('subscribe', () => {
        let isFull = false;
        return (reply) => {
          const was = isFull;
          isFull ||= reply['code'] === 'LIMIT';
          return was && reply['type'] === 'subscribed'
            ? { type: 'error', id: reply['id'], code: 'LIMIT', message: 'full', retry: 'no' }
            : reply;
        };
      }),
      plan: (plan) => ({ ...plan, hoards: true }),
    },
  },
  {
    name: 'refuses what it has stored',
    bug: inReplies('send-message', () => {
      const struck = oneIn(15);
      return (reply) =>
        reply['type'] === 'sent' && struck()
          ? { type: 'error', id: reply['id'], code: 'CLOSED', message: 'closed', retry: 'no' }
          : reply;
    }),
  },
  {
    name: 'answers a repeat with another number',
    bug: inReplies(
      'send-message',
      () => (reply) =>
        reply['type'] === 'sent' && reply['duplicate'] === true
          ? { ...reply, seq: Number(reply['seq']) + 1 }
          : reply,
    ),
  },
  {
    name: 'takes another text under a used key',
    bug: inReplies(
      'send-message',
      () => (reply, request) =>
        reply['code'] === 'CONFLICT'
          ? {
              type: 'sent',
              id: reply['id'],
              conversationId: request['conversationId'],
              clientMessageId: request['clientMessageId'],
              seq: 1,
              sentAt: '2026-11-23T09:30:00.000Z',
              duplicate: true,
            }
          : reply,
    ),
  },
  {
    name: 'tells in pong that nothing was missed',
    bug: {
      ...inReplies('ping', () => (reply) => (reply['type'] === 'pong' ? { ...reply, heads: {} } : reply)),
      plan: (plan) => ({ ...plan, faultShare: 0.7, ending: 'heal', quickRotation: false }),
    },
  },
  {
    name: 'ends a page of the history early, and says that it is the last',
    bug: inReplies(
      'history',
      () => (reply) => (reply['type'] === 'history' ? { ...reply, messages: [], more: false } : reply),
    ),
  },
];
