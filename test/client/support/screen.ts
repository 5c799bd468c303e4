import type { SubscriptionEvent, SubscriptionListener } from '../../../client/index.ts';
import type { Message } from '../../../protocol/model.ts';

/** What an app shows of one conversation: it does what the events say. */
export interface Screen {
  readonly listener: SubscriptionListener;
  readonly events: SubscriptionEvent[];
  readonly messages: Message[];
  /** The seqs on the screen. */
  seqs(): number[];
  /** The events of a type. */
  of(type: SubscriptionEvent['type']): SubscriptionEvent[];
}

export function screen(): Screen {
  const events: SubscriptionEvent[] = [];
  const messages: Message[] = [];
  return {
    events,
    messages,
    listener(event) {
      events.push(event);
      if (event.type === 'reset') messages.length = 0;
      if (event.type === 'messages') messages.push(...event.messages);
    },
    seqs: () => messages.map(({ seq }) => seq),
    of: (type) => events.filter((event) => event.type === type),
  };
}
