import type { NotifyAnswer, NotifyEvent } from '../../../protocol/notify.ts';
import { append, type Appended, type Proposal } from '../append.ts';
import type { Conversation, Entry, StoredReceipt } from '../conversation.ts';
import type { Dependencies } from '../dependencies.ts';
import { publish, silence } from '../publish.ts';
import { conflict, done, type Answer, type Refused } from '../refusals.ts';
import { storedText } from './guest-entry.ts';
import { propose } from './proposals.ts';
import { changeOf } from './state-event.ts';

/**
 * Stores one upstream event and tells the staff whom it concerns.
 *
 * The same event again stores nothing and delivers again, since the first may have died between the two. Rejects with
 * `Unavailable` when it was not stored, or stored and not delivered: repeat it.
 */
export async function handleEvent(deps: Dependencies, event: NotifyEvent): Promise<Answer<NotifyAnswer>> {
  const proposal = propose(event);
  const appended = await append(deps, proposal);
  if (appended.kind === 'refused') return appended;
  const told = await tell(deps, event, proposal, appended);
  if (told.kind === 'refused') return told;
  const { conversation, seq, tally, duplicate, stale } = told.value;
  return done({
    ok: true,
    type: event.type,
    conversationId: proposal.ref.conversationId,
    ...(seq === undefined ? {} : { seq }),
    duplicate,
    ...(stale ? { stale } : {}),
    ...(conversation.department === null ? { unrouted: true } : {}),
    ...tally,
  });
}

interface Told {
  readonly conversation: Conversation;
  readonly seq?: number;
  readonly tally: typeof silence;
  readonly duplicate: boolean;
  readonly stale?: true;
}

async function tell(
  deps: Dependencies,
  event: NotifyEvent,
  proposal: Proposal,
  appended: Exclude<Appended, Refused>,
): Promise<Answer<Told>> {
  if (appended.kind === 'duplicate') return repeat(deps, event, proposal, appended);
  const { conversation } = appended;
  if (appended.kind === 'unchanged') {
    return done({ conversation, tally: await publish(deps, conversation, 'created'), duplicate: true });
  }
  const happened = appended.entry === undefined ? appended.note : appended.entry;
  if (happened === 'stale' || happened === 'settled') {
    const stale = happened === 'stale' ? ({ stale: true } as const) : {};
    return done({ conversation, tally: silence, duplicate: true, ...stale });
  }
  const tally = await publish(deps, conversation, happened);
  const numbered = typeof happened === 'object' ? { seq: happened.seq } : {};
  return done({ conversation, ...numbered, tally, duplicate: false });
}

/** Delivers again what was stored; what stored no entry told nobody. */
async function repeat(
  deps: Dependencies,
  event: NotifyEvent,
  { ref, receipt }: Proposal,
  { seq, wanted, ...stale }: StoredReceipt,
): Promise<Answer<Told>> {
  if (wanted !== undefined && wanted !== receipt?.wanted) return conflict;
  const [conversation, entry] = await Promise.all([
    deps.conversations.read(ref),
    seq === 0 ? undefined : deps.conversations.entry(ref, seq),
  ]);
  if (conversation === undefined) throw new Error('a receipt without its conversation');
  if (seq === 0) return done({ conversation, tally: silence, duplicate: true, ...stale });
  if (entry === undefined) throw new Error('a receipt without its entry');
  if (!isSame(event, entry)) return conflict;
  return done({ conversation, seq, tally: await publish(deps, conversation, entry), duplicate: true });
}

/** Whether an entry is what this event once stored; attachments are left out, since their URLs may be signed anew. */
function isSame(event: NotifyEvent, entry: Entry): boolean {
  switch (event.type) {
    case 'conversation.created':
    case 'message.received':
      return event.message !== undefined && storedText(event.message) === entry.text;
    case 'message.edited':
    case 'message.deleted':
      return event.messageId === entry.messageId && storedText(event) === entry.text;
    case 'conversation.routed':
    case 'conversation.closed':
    case 'conversation.reopened': {
      const change = changeOf(event);
      return (
        change.event === entry.event && (change.event !== 'routed' || change.department === entry.department)
      );
    }
  }
}
