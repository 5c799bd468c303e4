import { NotifyFailure } from '../../../lambdas/core/notify/batch.ts';
import { fieldsOf } from '../history/frames.ts';
import { isOdd } from '../upstream-events.ts';
import type { Bug } from '../world.ts';
import type { PlantedBug } from './planted-bug.ts';
import { inConversations } from './ports.ts';

/** Changes what `notify` is invoked with. */
function inEvents(change: (event: unknown) => unknown): Bug {
  return {
    variation: () => ({
      handler: (name, handler) =>
        name === 'notify'
          ? async (input) => handler(Array.isArray(input) ? input.map(change) : change(input))
          : handler,
    }),
  };
}

/** What can be wrong with what upstream tells. */
export const upstreamBugs: readonly PlantedBug[] = [
  {
    name: 'closes over what the guest has written since',
    bug: inEvents((event) => {
      const { at: _, ...rest } = fieldsOf(event);
      return rest['type'] === 'conversation.closed' ? rest : event;
    }),
  },
  {
    name: 'does not remember what an event id that stored nothing was for',
    bug: inConversations((store) => ({
      commit({ receipt, ...commit }) {
        if (receipt === undefined) return store.commit(commit);
        const { sender, key } = receipt;
        return store.commit({ ...commit, receipt: { sender, key } });
      },
    })),
  },
  {
    name: 'refuses a list for an odd attachment',
    bug: inEvents((event) => {
      if (hasOddAttachment(event)) throw new NotifyFailure('BAD_REQUEST', 'an attachment is odd');
      return event;
    }),
  },
];

function hasOddAttachment(event: unknown): boolean {
  const { attachments } = fieldsOf(fieldsOf(event)['message']);
  return Array.isArray(attachments) && attachments.some((each) => isOdd(each));
}
