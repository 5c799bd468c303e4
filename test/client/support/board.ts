import type { ListEvent } from '../../../client/index.ts';
import type { Conversation } from '../../../protocol/model.ts';
import { conversation } from './frames.ts';

/** What an app shows of a list. */
export function board() {
  const events: ListEvent[] = [];
  const last = (): readonly Conversation[] => {
    const event = events.findLast(({ type }) => type === 'list');
    return event?.type === 'list' ? event.conversations : [];
  };
  return {
    events,
    listener: (event: ListEvent): void => void events.push(event),
    ids: () => last().map(({ id }) => id),
    /** Ids with what can be seen of each. */
    rows: () =>
      last().map(({ id, head, preview }) => `${id} ${head}${preview === undefined ? '' : ` ${preview}`}`),
  };
}

/** A listing of conversations, each named with its head, which is also its time. */
export function listing(rows: Record<string, number>, cursor?: string) {
  const conversations = Object.entries(rows).map(([id, head]) => conversation(head, { id }));
  return { type: 'conversations', conversations, ...(cursor === undefined ? {} : { cursor }) };
}

export const event = (head: number, given: Partial<Conversation>, name = 'routed') => ({
  type: 'conversation',
  event: name,
  conversation: conversation(head, given),
});
export const pong = (inbox: object) => ({ type: 'pong', at: '', heads: {}, inbox });
