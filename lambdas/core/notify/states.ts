import type { NotifyEventOf } from '../../../protocol/notify.ts';
import type { Decision } from '../append.ts';
import { upstreamSender, type Conversation } from '../conversation.ts';
import { noSuchConversation } from '../refusals.ts';
import { changed, latest, type Change } from '../state.ts';
import { byEventId, type UpstreamProposal } from './upstream-proposal.ts';

/** An upstream event that tells of a change of state. */
type StateEvent = NotifyEventOf<'conversation.routed' | 'conversation.closed' | 'conversation.reopened'>;

export function proposeRouting(event: NotifyEventOf<'conversation.routed'>): UpstreamProposal {
  return proposeChange(event, { event: 'routed', department: event.department });
}

export function proposeClosing(event: NotifyEventOf<'conversation.closed'>): UpstreamProposal {
  return proposeChange(event, { event: 'closed' });
}

export function proposeReopening(event: NotifyEventOf<'conversation.reopened'>): UpstreamProposal {
  return proposeChange(event, { event: 'reopened' });
}

function proposeChange(event: StateEvent, change: Change): UpstreamProposal {
  const department = change.event === 'routed' ? change.department : undefined;
  return {
    ref: event,
    receipt: byEventId(
      event.eventId,
      department === undefined ? change.event : `${change.event} ${department}`,
    ),
    decide: (current, now) => applyChange(event, change, current, now),
    hasStored: (entry) => entry.event === change.event && entry.department === department,
  };
}

/**
 * Applies a change of state unless it is older than what it would undo or hide.
 *
 * One that is, and one that finds the conversation as it wants it, store no entry, but their receipt: repeated after other
 * changes, or when clocks have moved on, they must not act.
 */
function applyChange(
  event: StateEvent,
  change: Change,
  current: Conversation | undefined,
  now: Date,
): Decision {
  if (current === undefined) return noSuchConversation;
  if (isStale(event, change, current, now)) return { kind: 'store', next: current, note: 'stale' };
  const at = timeOf(event, now);
  const decision = changed(
    current,
    { ...change, entryId: event.eventId, sender: { kind: 'system', id: upstreamSender } },
    now,
    at,
  );
  return decision.kind === 'unchanged'
    ? { kind: 'store', next: { ...current, stateAt: latest(current.stateAt, at) }, note: 'settled' }
    : decision;
}

/** Only a time that upstream gave can be old: this function's clock may be behind the one that set `stateAt`. */
function isStale(event: StateEvent, change: Change, { stateAt, guestAt }: Conversation, now: Date): boolean {
  if (event.at === undefined) return false;
  if (stateAt !== undefined && event.at < stateAt) return true;
  return change.event === 'closed' && guestAt !== undefined && soonest(event.at, now) <= guestAt;
}

/**
 * The earliest that upstream may have meant by a time. One in the future shows by how much upstream's clock is ahead of
 * ours, so it may as well have been so long ago: a guest's message that a closing hides is worse than a conversation that
 * stays open.
 */
function soonest(at: string, now: Date): string {
  const ahead = Date.parse(at) - now.getTime();
  if (ahead <= 0) return at;
  return new Date(Math.max(0, now.getTime() - ahead)).toISOString();
}

/** An upstream clock that runs ahead must not make every later event stale. */
function timeOf(event: StateEvent, now: Date): Date {
  return event.at === undefined || event.at > now.toISOString() ? now : new Date(event.at);
}
