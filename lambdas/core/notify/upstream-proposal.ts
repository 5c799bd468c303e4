import type { Proposal } from '../append.ts';
import type { Entry, Receipt } from '../conversation.ts';

/** What an upstream event wants to happen to its conversation. */
export interface UpstreamProposal extends Proposal {
  /** Whether an entry is what this event once stored. Attachments do not count, since their URLs may be signed anew. */
  readonly hasStored: (entry: Entry) => boolean;
}

/** Ids of events are upstream's own and never meet the ids of a guest's messages. */
export function byEventId(key: string, wanted: string): Receipt {
  return { sender: 'upstream', key, wanted };
}
