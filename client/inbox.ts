import type { Conversation, Message } from '../protocol/model.ts';
import { Alarm } from './alarm.ts';
import { Directory } from './directory.ts';
import { LiveList, refreshDelayMs, type ListListener, type ListQuestion } from './live-list.ts';
import { stillIn } from './walk.ts';
import type { Context } from './context.ts';

/** Before anything has happened: what `ping` says of a department of which nothing is known. */
const never = '1970-01-01T00:00:00.000Z';

/** All live lists, and the one directory that they show parts of. */
export class Inbox {
  readonly #context: Context;
  readonly #directory: Directory;
  readonly #lists = new Set<LiveList>();
  /** Up to which activity of a department nothing is missing in its lists, as far as the index is in order. */
  readonly #complete = new Map<string, string | null>();
  /** The newest activity of a department that `pong` told, and when it first did (milliseconds, own clock). */
  readonly #told = new Map<string, { readonly newest: string | null; readonly since: number }>();
  /** For a message of these the listings have been read already; of when it was. */
  readonly #unplaced = new Map<string, string>();
  readonly #alarm: Alarm;

  constructor(context: Context) {
    this.#context = context;
    this.#alarm = new Alarm(context.clock);
    this.#directory = new Directory(context.settings.maxConversations, {
      changed: (before, after) => {
        for (const list of stillIn(this.#lists)) list.changed(before, after);
      },
      dropped: (id) => context.notice({ kind: 'dropped', what: 'conversations', id }),
    });
  }

  open(question: ListQuestion, count: number, listener: ListListener): LiveList {
    const list: LiveList = new LiveList(this.#context, this.#directory, question, (event) => {
      if (event.type === 'ended') this.#lists.delete(list);
      listener(event);
    });
    this.#lists.add(list);
    list.more(count);
    return list;
  }

  close(list: LiveList): void {
    this.#lists.delete(list);
    list.close();
  }

  /** Takes what an event or a reply says about a conversation. */
  learn(conversation: Conversation): void {
    this.#directory.learn(conversation, this.#context.clock.now());
  }

  /** Takes a message, with its conversation's `updatedAt`; one that a list cannot place makes the listings be read. */
  hear(message: Message, updatedAt: string | undefined): void {
    const { conversationId } = message;
    const heard = this.#directory.hear(message, updatedAt, this.#context.clock.now());
    if (heard === 'gap') this.#refreshSoon();
    if (heard !== 'unknown' || this.#isElsewhere(conversationId)) return;
    if (this.#unplaced.size >= this.#context.settings.maxConversations) this.#unplaced.clear();
    this.#unplaced.set(conversationId, updatedAt ?? '');
    this.#refreshSoon();
  }

  /** Another connection serves: events may have been missed. */
  connected(): void {
    for (const list of stillIn(this.#lists)) list.restart();
  }

  /** What `ping` asks about: each department that the server has listed, and the activity up to which it is complete. */
  activity(): [string, string][] {
    const departments = new Set(
      [...this.#lists].map(({ read, question }) => (read ? question.department : null)),
    );
    return [...departments].flatMap((department) =>
      department === null ? [] : [[department, this.#complete.get(department) ?? never]],
    );
  }

  /**
   * What `pong` says about a department: more has happened there than its lists are known to hold.
   *
   * An event is no proof that none before it was lost, so only a reading is. The index may have shown one conversation
   * before an earlier change of another: what is told for the first time is read once more at a later beat.
   */
  pong(department: string, newest: string | null): void {
    if ((newest ?? never) === (this.#complete.get(department) ?? never)) return;
    const { clock, settings } = this.#context;
    const told = this.#told.get(department);
    if (told?.newest !== newest) this.#told.set(department, { newest, since: clock.now() });
    else if (clock.now() - told.since >= settings.lagMs) this.#complete.set(department, newest);
    for (const list of stillIn(this.#lists)) if (list.question.department === department) list.refresh();
  }

  shutDown(): void {
    this.#alarm.clear();
    for (const list of this.#lists) this.close(list);
  }

  /** Whether every list has been read down to a message of this conversation, and did not hold it: it is of no list. */
  #isElsewhere(conversationId: string): boolean {
    const time = this.#unplaced.get(conversationId);
    return time !== undefined && [...this.#lists].every((list) => list.reaches(time));
  }

  #refreshSoon(): void {
    if (this.#alarm.isSet || this.#lists.size === 0) return;
    this.#alarm.set(refreshDelayMs, () => {
      for (const list of stillIn(this.#lists)) list.refresh();
    });
  }
}
