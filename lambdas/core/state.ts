import type { Sender } from '../../protocol/model.ts';
import { nextUpdate, type EntryStep, type Unchanged } from './append.ts';
import type { Conversation, Entry } from './conversation.ts';

/** A change of state, whoever wants it. */
export type Change =
  { readonly event: 'routed'; readonly department: string } | { readonly event: 'closed' | 'reopened' };

/** The change with who made it, and the id that its entry will have. */
export type Attributed = Change & { readonly entryId: string; readonly sender: Sender };

/** One step to the wanted state, or `unchanged` where the conversation is in it. `at` is when the change was made. */
export function changed(
  current: Conversation,
  change: Attributed,
  now: Date,
  at: Date = now,
): Unchanged | EntryStep {
  const state = stateAfter(change);
  if (isIn(current, state)) return { kind: 'unchanged', conversation: current };
  const updatedAt = nextUpdate(current, now);
  const entry: Entry = {
    seq: current.head + 1,
    id: change.entryId,
    sender: change.sender,
    text: '',
    sentAt: updatedAt,
    event: change.event,
    ...(change.event === 'routed'
      ? { department: change.department, previousDepartment: current.department }
      : {}),
  };
  return {
    kind: 'store',
    next: { ...current, ...state, head: entry.seq, updatedAt, stateAt: latest(current.stateAt, at) },
    entry,
  };
}

/** The later of when the state was last changed and `at`. */
export function latest(stateAt: string | undefined, at: Date): string {
  const other = at.toISOString();
  return stateAt !== undefined && stateAt > other ? stateAt : other;
}

function stateAfter(change: Change): Partial<Pick<Conversation, 'department' | 'status'>> {
  switch (change.event) {
    case 'routed':
      return { department: change.department };
    case 'closed':
      return { status: 'closed' };
    case 'reopened':
      return { status: 'open' };
  }
}

function isIn(current: Conversation, state: Partial<Pick<Conversation, 'department' | 'status'>>): boolean {
  return (
    (state.department === undefined || state.department === current.department) &&
    (state.status === undefined || state.status === current.status)
  );
}
