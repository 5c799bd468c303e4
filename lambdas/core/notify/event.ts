import type { NotifyAnswer, NotifyEvent, NotifyEventOf } from '../../../protocol/notify.ts';
import { append, type Appended, type Decision, type Proposal } from '../append.ts';
import { upstreamSender, type Conversation, type ConversationRef, type Entry } from '../conversation.ts';
import type { Dependencies } from '../dependencies.ts';
import { publish, silence } from '../publish.ts';
import { conflict, done, noSuchConversation, type Outcome } from '../refusals.ts';
import { changed, latest, type Change } from '../state.ts';
import { cleanGuest, storedText, withGuestMessage } from './guest-entry.ts';

type StateEvent = NotifyEventOf<'conversation.routed' | 'conversation.closed' | 'conversation.reopened'>;

/**
 * Stores one upstream event and tells the staff whom it concerns.
 *
 * The same event again stores nothing and delivers again, since the first may have died between the two. Rejects with
 * `Unavailable` when it was not stored, or stored and not delivered: repeat it.
 */
export async function handleEvent(deps: Dependencies, event: NotifyEvent): Promise<Outcome<NotifyAnswer>> {
  const proposal = propose(event);
  const appended = await append(deps, proposal);
  if (!('kind' in appended)) return appended;
  const told = await tell(deps, event, proposal.ref, appended);
  if (!told.ok) return told;
  const { conversation, seq, tally, stale } = told.value;
  return done({
    ok: true,
    type: event.type,
    conversationId: proposal.ref.conversationId,
    ...(seq === undefined ? {} : { seq }),
    duplicate:
      appended.kind !== 'stored' || (appended.entry === undefined && event.type !== 'conversation.created'),
    ...(stale ? { stale: true } : {}),
    ...(conversation.department === null ? { unrouted: true } : {}),
    ...tally,
  });
}

function propose(event: NotifyEvent): Proposal {
  switch (event.type) {
    case 'conversation.created':
      return {
        ref: { hotelId: event.hotelId, conversationId: event.conversation.id },
        ...(event.message && { receipt: { sender: 'guest', key: event.message.id } }),
        decide: (current, now) => create(event, current, now),
      };
    case 'message.received':
      return {
        ref: event,
        receipt: { sender: 'guest', key: event.message.id },
        decide(current, now) {
          if (current === undefined) return noSuchConversation;
          return { kind: 'store', ...withGuestMessage(current, event.message, now) };
        },
      };
    case 'conversation.routed':
    case 'conversation.closed':
    case 'conversation.reopened':
      return {
        ref: event,
        receipt: { sender: 'upstream', key: event.eventId },
        decide: (current, now) => applyState(event, current, now),
      };
  }
}

/** A conversation that exists is not created again; a message that comes with it is stored like any other. */
function create(
  event: NotifyEventOf<'conversation.created'>,
  current: Conversation | undefined,
  now: Date,
): Decision {
  const { conversation, message } = event;
  if (current !== undefined) {
    return message === undefined
      ? { kind: 'unchanged', conversation: current }
      : { kind: 'store', ...withGuestMessage(current, message, now) };
  }
  const empty: Conversation = {
    hotelId: event.hotelId,
    conversationId: conversation.id,
    department: conversation.department ?? null,
    status: 'open',
    guest: cleanGuest(conversation.guest),
    head: 0,
    updatedAt: now.toISOString(),
  };
  return message === undefined
    ? { kind: 'store', next: empty }
    : { kind: 'store', ...withGuestMessage(empty, message, now, 'created') };
}

/**
 * Applies a change of state unless a later one has been applied already.
 *
 * One that finds the conversation as it wants it stores no entry, but its receipt: repeated after other changes, it
 * must not undo them.
 */
function applyState(event: StateEvent, current: Conversation | undefined, now: Date): Decision {
  if (current === undefined) return noSuchConversation;
  // Only a time that upstream gave can be old: this function's clock may be behind the one that set `stateAt`.
  if (event.at !== undefined && current.stateAt !== undefined && event.at < current.stateAt) {
    return { kind: 'unchanged', conversation: current };
  }
  const at = timeOf(event, now);
  const decision = changed(
    current,
    { ...changeOf(event), entryId: event.eventId, sender: { kind: 'system', id: upstreamSender } },
    now,
    at,
  );
  return 'kind' in decision && decision.kind === 'unchanged'
    ? { kind: 'store', next: { ...current, stateAt: latest(current.stateAt, at) } }
    : decision;
}

/** An upstream clock that runs ahead must not make every later event stale. */
function timeOf(event: StateEvent, now: Date): Date {
  return event.at === undefined || event.at > now.toISOString() ? now : new Date(event.at);
}

function changeOf(event: StateEvent): Change {
  switch (event.type) {
    case 'conversation.routed':
      return { event: 'routed', department: event.department };
    case 'conversation.closed':
      return { event: 'closed' };
    case 'conversation.reopened':
      return { event: 'reopened' };
  }
}

interface Told {
  readonly conversation: Conversation;
  readonly seq?: number;
  readonly tally: typeof silence;
  readonly stale?: boolean;
}

async function tell(
  deps: Dependencies,
  event: NotifyEvent,
  ref: ConversationRef,
  appended: Extract<Appended, { kind: string }>,
): Promise<Outcome<Told>> {
  if (appended.kind === 'duplicate') return repeat(deps, event, ref, appended.seq);
  const { conversation } = appended;
  const entry = appended.kind === 'stored' ? appended.entry : undefined;
  if (entry === undefined && event.type !== 'conversation.created') {
    return done({ conversation, tally: silence, stale: appended.kind === 'unchanged' });
  }
  const tally = await publish(deps, conversation, entry);
  return done({ conversation, ...(entry && { seq: entry.seq }), tally });
}

/** Delivers again what was stored under `seq`; 0 is what stored no entry and told nobody. */
async function repeat(
  deps: Dependencies,
  event: NotifyEvent,
  ref: ConversationRef,
  seq: number,
): Promise<Outcome<Told>> {
  const [conversation, entry] = await Promise.all([
    deps.conversations.read(ref),
    seq === 0 ? undefined : deps.conversations.entry(ref, seq),
  ]);
  if (conversation === undefined) throw new Error('a receipt without its conversation');
  if (seq === 0) return done({ conversation, tally: silence });
  if (entry === undefined) throw new Error('a receipt without its entry');
  if (!isSame(event, entry)) return conflict;
  return done({ conversation, seq, tally: await publish(deps, conversation, entry) });
}

/** Whether an entry is what this event once stored; attachments are left out, since their URLs may be signed anew. */
function isSame(event: NotifyEvent, entry: Entry): boolean {
  if (event.type === 'conversation.created' || event.type === 'message.received') {
    return event.message !== undefined && storedText(event.message) === entry.text;
  }
  const change = changeOf(event);
  return (
    change.event === entry.event && (change.event !== 'routed' || change.department === entry.department)
  );
}
