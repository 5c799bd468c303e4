import { parseJson } from '../../../protocol/codec.ts';
import type { Tap } from '../gateway/socket.ts';
import { fieldsOf } from '../history/frames.ts';
import type { Shown } from '../clients/tab.ts';
import { oneIn } from './ports.ts';
import type { PlantedBug } from './planted-bug.ts';

/** A mistake in the client alone, which can be made on real sockets too. */
export interface ClientBug extends PlantedBug {
  readonly bug: { readonly shown?: () => Shown; readonly tap?: () => Tap };
}

/** Changes what the SDK tells the app. */
function inDisplays(make: () => Shown): ClientBug['bug'] {
  return { shown: make };
}

function inFrames(make: () => Tap): ClientBug['bug'] {
  return { tap: make };
}

/** What can be wrong with a client, done to the SDK's frames and to what it hands over. */
export const clientBugs: readonly ClientBug[] = [
  {
    name: 'shows what comes twice twice',
    bug: inDisplays(() => {
      const again = oneIn(25);
      return (event) => (event.type === 'messages' && again() ? [event, event] : [event]);
    }),
  },
  {
    name: 'moves its cursor before it shows',
    bug: inDisplays(() => {
      const lost = oneIn(25);
      return (event) =>
        event.type === 'messages' && lost() ? [{ ...event, messages: event.messages.slice(1) }] : [event];
    }),
  },
  {
    name: 'shows live messages while it catches up',
    bug: inDisplays(
      () => (event) =>
        event.type === 'messages' ? [{ ...event, messages: event.messages.toReversed() }] : [event],
    ),
  },
  {
    name: 'says that it has caught up when it knows the head',
    bug: inDisplays(
      () => (event) =>
        event.type === 'conversation' ? [{ type: 'caughtUp', seq: event.conversation.head }, event] : [event],
    ),
  },
  {
    name: 'shows another text',
    bug: inDisplays(() => {
      const other = oneIn(40);
      return (event) =>
        event.type === 'messages' && other()
          ? [{ ...event, messages: event.messages.map((message) => ({ ...message, text: 'other' })) }]
          : [event];
    }),
  },
  {
    name: 'sends again under a new id',
    bug: inFrames(() => {
      const sent = new Set<unknown>();
      return {
        outgoing(text) {
          const frame = fieldsOf(parseJson(text));
          const { clientMessageId } = frame;
          if (frame['action'] !== 'sendMessage' || !sent.has(clientMessageId)) {
            sent.add(clientMessageId);
            return text;
          }
          return JSON.stringify({ ...frame, clientMessageId: `${String(clientMessageId)}-again` });
        },
      };
    }),
  },
  {
    name: 'takes its number from the wrong message',
    bug: inFrames(() => ({
      incoming(text) {
        const frame = fieldsOf(parseJson(text));
        const message = fieldsOf(frame['message']);
        const seq = Number(message['seq']);
        if (frame['type'] !== 'message' || seq % 7 > 1) return text;
        const swapped = seq % 7 === 0 ? seq + 1 : seq - 1;
        return JSON.stringify({ ...frame, message: { ...message, seq: swapped } });
      },
    })),
  },
  {
    name: 'does not send that it unsubscribes',
    bug: inFrames(() => ({
      outgoing(text, socket) {
        const { action, id, conversationId } = fieldsOf(parseJson(text));
        if (action !== 'unsubscribe') return text;
        socket.frame(JSON.stringify({ type: 'unsubscribed', id, conversationId }));
        return undefined;
      },
    })),
  },
  {
    name: 'takes a message for stored that it never sent',
    bug: inFrames(() => {
      const kept = oneIn(10);
      return {
        outgoing(text, socket) {
          const { action, ...frame } = fieldsOf(parseJson(text));
          if (action !== 'sendMessage' || !kept()) return text;
          const reply = {
            ...frame,
            type: 'sent',
            seq: 1,
            sentAt: '2026-11-23T09:30:00.000Z',
            duplicate: false,
          };
          socket.frame(JSON.stringify(reply));
          return undefined;
        },
      };
    }),
  },
];
