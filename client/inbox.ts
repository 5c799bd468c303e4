import type { Conversation, Message } from '../protocol/model.ts';
import { Alarm } from './alarm.ts';
import { Directory } from './directory.ts';
import { LiveList, type ListListener, type ListQuestion } from './live-list.ts';
import type { Context } from './options.ts';

/** Before anything has happened: what `ping` says of a department of which nothing is known. */
const never = '1970-01-01T00:00:00.000Z';
/** Several reasons to read the listings again within this time are one. */
const refreshDelayMs = 1000;

/** All live lists, and the one directory that they show parts of. */
export class Inbox {
  readonly #context: Context;
  readonly #directory: Directory;
  readonly #lists = new Set<LiveList>();
  /** The newest activity of each department, as events, listings and `pong` told it. */
  readonly #activity = new Map<string, string>();
  /** For messages of these the listings have been read already: they belong to departments that are not listed. */
  readonly #foreign = new Set<string>();
  readonly #alarm: Alarm;

  constructor(context: Context) {
    this.#context = context;
    this.#alarm = new Alarm(context.clock);
    this.#directory = new Directory(context.settings.maxConversations, {
      changed: (before, after) => {
        this.#noteActivity(after);
        for (const list of this.#lists) list.changed(before, after);
      },
      dropped: (id) => context.notice({ kind: 'dropped', what: 'conversations', id }),
    });
  }

  open(question: ListQuestion, count: number, listener: ListListener): LiveList {
    const list = new LiveList(this.#context, this.#directory, question, listener);
    this.#lists.add(list);
    this.#foreign.clear();
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

  /** Takes a message; one that a list cannot place makes the listings be read. */
  hear(message: Message): void {
    const { conversationId } = message;
    const heard = this.#directory.hear(message, this.#context.clock.now());
    if (heard === 'gap' || (heard === 'unknown' && !this.#foreign.has(conversationId))) this.#refreshSoon();
    if (heard !== 'unknown') return;
    if (this.#foreign.size >= this.#context.settings.maxConversations) this.#foreign.clear();
    this.#foreign.add(conversationId);
  }

  /** Another connection serves: events may have been missed. */
  up(): void {
    for (const list of this.#lists) list.restart();
  }

  /** What `ping` asks about: the newest activity known of each listed department. */
  activity(): [string, string][] {
    const departments = new Set([...this.#lists].map(({ question }) => question.department));
    return [...departments].flatMap((department) =>
      department === null ? [] : [[department, this.#activity.get(department) ?? never]],
    );
  }

  /** What `pong` says about a department: something happened there that no event told of. */
  pong(department: string, newest: string | null): void {
    if ((this.#activity.get(department) ?? never) === (newest ?? never)) return;
    this.#activity.set(department, newest ?? never);
    for (const list of this.#lists) if (list.question.department === department) list.refresh();
  }

  shutDown(): void {
    this.#alarm.clear();
    for (const list of this.#lists) this.close(list);
  }

  #noteActivity({ department, updatedAt }: Conversation): void {
    if (department === null || updatedAt <= (this.#activity.get(department) ?? never)) return;
    this.#activity.set(department, updatedAt);
  }

  #refreshSoon(): void {
    if (this.#alarm.isSet || this.#lists.size === 0) return;
    this.#alarm.set(refreshDelayMs, () => {
      for (const list of this.#lists) list.refresh();
    });
  }
}
