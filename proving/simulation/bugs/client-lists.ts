import { pingHeads } from '../../../protocol/client-limits.ts';
import { parseJson } from '../../../protocol/codec.ts';
import { fieldsOf } from '../history/frames.ts';
import { crowd, type Plan } from '../plan.ts';
import type { PlantedBug } from './planted-bug.ts';

/** Nothing but time heals, on connections that stay. */
const heals = (plan: Plan): Plan => ({ ...plan, kind: 'rough', ending: 'heal', quickRotation: false });

/** What a client can get wrong about lists and heartbeats, done to its frames. */
export const clientListBugs: readonly PlantedBug[] = [
  {
    name: "orders a list by the channel's time",
    bug: {
      tap: () => ({
        incoming(text) {
          const frame = fieldsOf(parseJson(text));
          const { type, message } = frame;
          return type === 'message'
            ? JSON.stringify({ ...frame, updatedAt: fieldsOf(message)['sentAt'] })
            : text;
        },
      }),
    },
  },
  {
    name: 'asks about the first 50 only',
    bug: {
      plan: (plan) => crowd({ ...heals(plan), faultShare: 0.7 }, 80),
      tap: () => {
        const first = new Set<string>();
        return {
          outgoing(text) {
            const ping = fieldsOf(parseJson(text));
            if (ping['action'] !== 'ping') return text;
            const heads = Object.entries(fieldsOf(ping['heads']));
            for (const [id] of heads) if (first.size < pingHeads) first.add(id);
            const asked = heads.filter(([id]) => first.has(id));
            return JSON.stringify({ ...ping, heads: Object.fromEntries(asked) });
          },
        };
      },
    },
  },
];
