import type { NotifyAnswer, NotifyEvent, NotifyEventOf } from '../../../protocol/notify.ts';
import { append, type Appended } from '../append.ts';
import type { Conversation, StoredReceipt } from '../conversation.ts';
import type { Dependencies } from '../dependencies.ts';
import { publish, silence } from '../publish.ts';
import { conflict, done, type Answer, type Refused } from '../refusals.ts';
import { proposeCreation, proposeMessage, proposeRevision } from './messages.ts';
import { proposeClosing, proposeReopening, proposeRouting } from './states.ts';
import type { UpstreamProposal } from './upstream-proposal.ts';

type Type = NotifyEvent['type'];
type Events = { readonly [T in Type]: NotifyEventOf<T> };

/** The one place that asks which event it has. */
const proposals: { readonly [T in Type]: (event: Events[T]) => UpstreamProposal } = {
  'conversation.created': proposeCreation,
  'message.received': proposeMessage,
  'message.edited': proposeRevision,
  'message.deleted': proposeRevision,
  'conversation.routed': proposeRouting,
  'conversation.closed': proposeClosing,
  'conversation.reopened': proposeReopening,
};

/** What an upstream event wants to happen to its conversation. */
export function propose(event: NotifyEvent): UpstreamProposal {
  return proposed(event.type, event);
}

function proposed<T extends Type>(type: T, event: Events[T]): UpstreamProposal {
  return proposals[type](event);
}

/**
 * Stores what one upstream event wants and tells the staff whom it concerns.
 *
 * The same event again stores nothing and delivers again, since the first may have died between the two. Rejects with
 * `Unavailable` when it was not stored, or stored and not delivered: repeat it.
 */
export async function handleEvent(
  deps: Dependencies,
  type: Type,
  proposal: UpstreamProposal,
): Promise<Answer<NotifyAnswer>> {
  const appended = await append(deps, proposal);
  if (appended.kind === 'refused') return appended;
  const told = await tell(deps, proposal, appended);
  if (told.kind === 'refused') return told;
  const { conversation, seq, tally, duplicate, stale } = told.value;
  return done({
    ok: true,
    type,
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
  proposal: UpstreamProposal,
  appended: Exclude<Appended, Refused>,
): Promise<Answer<Told>> {
  if (appended.kind === 'duplicate') return repeat(deps, proposal, appended);
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
  { ref, receipt, hasStored }: UpstreamProposal,
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
  if (!hasStored(entry)) return conflict;
  return done({ conversation, seq, tally: await publish(deps, conversation, entry), duplicate: true });
}
