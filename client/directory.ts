import * as limits from '../protocol/client-limits.ts';
import type { Conversation, Message } from '../protocol/model.ts';
import { cut } from '../protocol/text.ts';

type Shown = Pick<Conversation, 'preview' | 'previewOf' | 'previewKind'>;
type Activity = Pick<Conversation, 'head' | 'updatedAt'> & Shown;

interface Entry {
  /** The newest `Conversation` that was seen: department and status are as of its head. */
  readonly state: Conversation;
  /** What messages have shown, now or before that. */
  readonly activity: Activity | undefined;
  /** When an event last told where it belongs; 0 if only listings have. */
  readonly touchedAt: number;
  /** Whether every entry since `state` is known: none of them can have moved it to where no event told of. */
  readonly certain: boolean;
}

export interface DirectoryObserver {
  changed(before: Conversation | undefined, after: Conversation): void;
  /** There were too many; this one was changed the longest ago. */
  dropped(id: string): void;
}

/**
 * The newest that is known of each conversation, from events and listings in any order. Pure.
 *
 * A listing may be older than an event, and an event may overtake another: department and status come from the
 * `Conversation` with the highest head, the activity from whatever is newest.
 */
export class Directory {
  readonly #capacity: number;
  readonly #observer: DirectoryObserver;
  /** Least recently changed first. */
  readonly #entries = new Map<string, Entry>();

  constructor(capacity: number, observer: DirectoryObserver) {
    this.#capacity = capacity;
    this.#observer = observer;
  }

  /** Those of a department with a status, newest activity first. */
  list(department: string | null, status: Conversation['status']): Conversation[] {
    return [...this.#entries.values()]
      .map((entry) => shown(entry))
      .filter((it) => it.department === department && it.status === status)
      .toSorted(byActivity);
  }

  /** Takes a conversation from an event (at `touchedAt`) or from a listing (0). */
  learn(state: Conversation, touchedAt: number): void {
    const known = this.#entries.get(state.id);
    // At the same head it may be corrected: a message may have come without the time of its commit.
    if (known && known.state.head > state.head) return;
    this.#put({
      state,
      activity: known?.activity,
      touchedAt: Math.max(touchedAt, known?.touchedAt ?? 0),
      certain: state.head >= (known?.activity?.head ?? 0),
    });
  }

  /**
   * Takes a message, and the conversation's `updatedAt` after it. `unknown` and `gap` mean that a listing has to be read:
   * its conversation is not known, or there was something before it that may have changed where the conversation
   * belongs, or the message came without a time, late: it is no reason to move the conversation.
   */
  hear(
    message: Message,
    updatedAt: string | undefined,
    touchedAt: number,
  ): 'new' | 'old' | 'unknown' | 'gap' {
    const known = this.#entries.get(message.conversationId);
    if (!known) return 'unknown';
    const before = shown(known);
    if (message.seq <= before.head) return 'old';
    const activity = {
      head: message.seq,
      updatedAt: updatedAt ?? before.updatedAt,
      ...previewAfter(before, message),
    };
    const isNext = updatedAt !== undefined && message.seq === before.head + 1;
    const certain = known.certain && isNext;
    // A message says nothing of where its conversation belongs, unless all before it is known.
    this.#put({ ...known, activity, certain, touchedAt: certain ? touchedAt : 0 });
    return certain ? 'new' : 'gap';
  }

  /** Forgets those of `expected` that were not `found`, unless an event has told of them since then. */
  forgetUnseen(expected: readonly Conversation[], found: ReadonlySet<string>, since: number): void {
    for (const { id } of expected) {
      if (!found.has(id) && (this.#entries.get(id)?.touchedAt ?? 0) < since) this.#entries.delete(id);
    }
  }

  #put(entry: Entry): void {
    const { id } = entry.state;
    const before = this.#entries.get(id);
    this.#entries.delete(id);
    this.#entries.set(id, entry);
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > this.#capacity && oldest !== undefined) {
      this.#entries.delete(oldest);
      this.#observer.dropped(oldest);
    }
    this.#observer.changed(before && shown(before), shown(entry));
  }
}

function shown({ state, activity }: Entry): Conversation {
  return activity && activity.head > state.head ? { ...state, ...activity } : state;
}

/**
 * As the server keeps it: the newest entry of a person, with or without text. What a guest did to a message that the preview
 * does not show leaves it, and what comes too late to be shown, the server tells with the conversation.
 */
function previewAfter(before: Shown, { sender, id, text, event, messageId, attachments }: Message): Shown {
  const { preview = '', previewOf = '', previewKind = '' } = before;
  const isRevision = event === 'edited' || event === 'deleted';
  if (isRevision ? messageId !== previewOf : event !== undefined) return { preview, previewOf, previewKind };
  const written = cut(text, limits.previewUnits);
  if (event === 'edited') return { preview: written, previewOf, previewKind };
  const isGuests = event === undefined && sender.kind === 'guest';
  return {
    preview: written,
    previewOf: isGuests ? id : '',
    previewKind: attachments?.[0]?.kind ?? '',
  };
}

/** Newest activity first, by the server's clock alone; of one instant, as the server orders them. */
export function byActivity(one: Conversation, other: Conversation): number {
  if (one.updatedAt !== other.updatedAt) return one.updatedAt < other.updatedAt ? 1 : -1;
  if (one.id === other.id) return 0;
  return one.id < other.id ? 1 : -1;
}
