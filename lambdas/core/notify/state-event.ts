import type { NotifyEventOf } from '../../../protocol/notify.ts';
import type { Decision } from '../append.ts';
import { upstreamSender, type Conversation } from '../conversation.ts';
import { noSuchConversation } from '../refusals.ts';
import { changed, latest, type Change } from '../state.ts';

/** A change of state that upstream tells of. */
export type StateEvent = NotifyEventOf<
  'conversation.routed' | 'conversation.closed' | 'conversation.reopened'
>;

/**
 * Applies a change of state unless it is older than what it would undo or hide.
 *
 * One that is, and one that finds the conversation as it wants it, store no entry, but their receipt: repeated after other
 * changes, or when clocks have moved on, they must not act.
 */
export function applyState(event: StateEvent, current: Conversation | undefined, now: Date): Decision {
  if (current === undefined) return noSuchConversation;
  if (isStale(event, current, now)) return { kind: 'store', next: current, note: 'stale' };
  const at = timeOf(event, now);
  const decision = changed(
    current,
    { ...changeOf(event), entryId: event.eventId, sender: { kind: 'system', id: upstreamSender } },
    now,
    at,
  );
  return decision.kind === 'unchanged'
    ? { kind: 'store', next: { ...current, stateAt: latest(current.stateAt, at) }, note: 'settled' }
    : decision;
}

export function changeOf(event: StateEvent): Change {
  switch (event.type) {
    case 'conversation.routed':
      return { event: 'routed', department: event.department };
    case 'conversation.closed':
      return { event: 'closed' };
    case 'conversation.reopened':
      return { event: 'reopened' };
  }
}

/** Only a time that upstream gave can be old: this function's clock may be behind the one that set `stateAt`. */
function isStale(event: StateEvent, { stateAt, guestAt }: Conversation, now: Date): boolean {
  if (event.at === undefined) return false;
  if (stateAt !== undefined && event.at < stateAt) return true;
  return event.type === 'conversation.closed' && guestAt !== undefined && soonest(event.at, now) <= guestAt;
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
