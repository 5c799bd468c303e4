import { publishQuietly } from '../../../lambdas/core/publish.ts';
import { parseJson } from '../../../protocol/codec.ts';
import { fieldsOf } from '../history/frames.ts';
import type { PlantedBug } from './planted-bug.ts';

/** What can be wrong with who somebody is taken for, and with what a provider of tokens gives. */
export const identityBugs: readonly PlantedBug[] = [
  {
    name: 'ends for good when the provider gives what is no token',
    bug: {
      noticed: () => (notice, client) => {
        if (notice.kind === 'noToken') client.close();
      },
    },
  },
  {
    name: 'sends as its own what another user left in the storage',
    bug: {
      tap: () => ({
        outgoing(text) {
          const { as: _, ...frame } = fieldsOf(parseJson(text));
          return JSON.stringify(frame);
        },
      }),
      plan: (plan) => ({ ...plan, hotels: 3, faultShare: 0.7 }),
    },
  },
  {
    name: 'shows own messages under a name that it has read in its token',
    bug: {
      tap: () => ({
        incoming(text) {
          const frame = fieldsOf(parseJson(text));
          if (frame['you'] === undefined) return text;
          return JSON.stringify({ ...frame, you: { ...fieldsOf(frame['you']), name: 'nobody' } });
        },
      }),
    },
  },
  {
    name: 'does not notice that a connection is another user’s',
    bug: {
      tap: () => {
        let first: unknown;
        return {
          incoming(text) {
            const frame = fieldsOf(parseJson(text));
            if (frame['you'] === undefined) return text;
            first ??= frame['you'];
            return JSON.stringify({ ...frame, you: first });
          },
        };
      },
    },
  },
  {
    name: 'tells everybody again when a sender repeats who has lost access',
    bug: {
      variation: () => ({
        handler(name, handler, deps) {
          if (name !== 'send-message') return handler;
          return async (event) => {
            const response = await handler(event);
            const { type, duplicate, conversationId, seq } = fieldsOf(
              parseJson(String(fieldsOf(response)['body'])),
            );
            if (type !== 'sent' || duplicate !== true) return response;
            const { authorizer } = fieldsOf(fieldsOf(event)['requestContext']);
            const ref = {
              hotelId: String(fieldsOf(authorizer)['hotelId']),
              conversationId: String(conversationId),
            };
            const conversation = await deps.conversations.read(ref);
            const entry = await deps.conversations.entry(ref, Number(seq));
            if (conversation && entry) await publishQuietly(deps, conversation, entry);
            return response;
          };
        },
      }),
    },
  },
];
