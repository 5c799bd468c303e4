import type { Conversation, Status } from '../protocol/model.ts';
import type { Reply } from '../protocol/replies.ts';
import * as limits from '../protocol/client-limits.ts';
import { Alarm } from './alarm.ts';
import type { Outcome } from './connection.ts';
import { byActivity, type Directory } from './directory.ts';
import type { Context } from './context.ts';
import { notifyListener } from './surroundings.ts';
import { Retrier } from './retrier.ts';

/** Several reasons to read a listing again within this time are one. */
export const refreshDelayMs = 1000;

export type ListEvent =
  /** The whole list, newest activity first, whenever it changes; `complete` when there is no older one. */
  | { readonly type: 'list'; readonly conversations: readonly Conversation[]; readonly complete: boolean }
  /** Refused: no such department, or not this user's. */
  | { readonly type: 'ended'; readonly code: Reply<'error'>['code']; readonly message: string };

export type ListListener = (event: ListEvent) => void;

export interface ListQuestion {
  /** `null`: the conversations without a department, which only managers see. */
  readonly department: string | null;
  readonly status: Status;
}

/** A reading of the listing from its top. */
interface Reading {
  readonly startedAt: number;
  readonly found: Set<string>;
  cursor?: string | undefined;
  /** The last one read: what comes after it in the order of lists has not been read. */
  last?: Conversation | undefined;
}

/**
 * A department's conversations as a list that stays right: what the directory knows, down to where the listing has
 * been read. A reading from the top is the truth about what is in it; whatever is not there leaves.
 */
export class LiveList {
  readonly question: ListQuestion;
  readonly #context: Context;
  readonly #directory: Directory;
  readonly #listener: ListListener;
  readonly #retrier: Retrier;
  readonly #routine: Alarm;
  /** How many to read. */
  #wanted = 0;
  /** Under way. */
  #reading: Reading | undefined;
  /** Finished last: what the app sees, and where `more` goes on. */
  #read: Reading | undefined;
  #stale = false;
  /** A page is being taken: the reading tells of it once, at its end. */
  #taking = false;
  /** What the app was told last, as JSON. */
  #told = '';
  #closed = false;

  constructor(context: Context, directory: Directory, question: ListQuestion, listener: ListListener) {
    this.#context = context;
    this.#directory = directory;
    this.question = question;
    this.#listener = listener;
    this.#retrier = new Retrier(context, () => this.#next());
    this.#routine = new Alarm(context.clock);
  }

  /** Whether the server has listed it: it is a department, and this user's. */
  get read(): boolean {
    return this.#read !== undefined;
  }

  /** Whether it has been read down to there. */
  reaches(updatedAt: string): boolean {
    const read = this.#read;
    return read !== undefined && (!read.cursor || !read.last || read.last.updatedAt <= updatedAt);
  }

  /** Reads the listing again from its top, as far as it was read; once more if a reading is under way. */
  refresh(): void {
    if (this.#reading) this.#stale = true;
    else this.restart();
  }

  /** Reads it again from its top, whatever is under way: another connection serves. */
  restart(): void {
    this.#retrier.forget();
    this.#reading = this.#top();
    this.#next();
  }

  /** Reads `count` more, the first ones too, as far as a list may go. Returns whether it may go further. */
  more(count: number): boolean {
    const { maxListed } = this.#context.settings;
    this.#wanted = Math.min(maxListed, this.#wanted + count);
    this.#reading ??= this.#read ?? this.#top();
    this.#next();
    return this.#wanted < maxListed;
  }

  /** A conversation was one thing and is another; the app hears of it if it is or was in this list. */
  changed(before: Conversation | undefined, after: Conversation): void {
    if (!this.#concerns(before) && !this.#concerns(after)) return;
    this.#deliverList();
    // Whoever was told may have closed it.
    if (this.#closed) return;
    const isShort = this.#read?.cursor !== undefined && this.#visible().length < this.#wanted;
    // What has left makes room for what is below.
    if (isShort) this.#routine.set(refreshDelayMs, () => this.refresh());
  }

  close(): void {
    this.#closed = true;
    this.#retrier.forget();
    this.#routine.clear();
  }

  #concerns(conversation: Conversation | undefined): boolean {
    const { department, status } = this.question;
    return conversation?.department === department && conversation.status === status;
  }

  #top(): Reading {
    this.#stale = false;
    return { startedAt: this.#context.clock.now(), found: new Set() };
  }

  #next(): void {
    const reading = this.#reading;
    if (this.#closed || !reading) return;
    const { cursor, found } = reading;
    const limit = Math.min(limits.conversationsPage, this.#wanted - found.size);
    if (found.size > 0 && (cursor === undefined || limit <= 0)) return this.#finish(reading);
    this.#retrier.ask('conversations', { ...this.question, limit, cursor }, (outcome) =>
      this.#answered(reading, outcome),
    );
  }

  #answered(reading: Reading, { reply, error }: Outcome<Reply<'conversations'>>): void {
    if (reply) {
      const { conversations, cursor } = reply;
      this.#taking = true;
      for (const conversation of conversations) {
        this.#directory.learn(conversation, 0);
        reading.found.add(conversation.id);
      }
      this.#taking = false;
      reading.last = conversations.at(-1) ?? reading.last;
      reading.cursor = cursor;
      if (conversations.length === 0) this.#finish(reading);
      else this.#next();
    } else if (error && reading.cursor === undefined) {
      const { code, message } = error;
      notifyListener(this.#context, this.#listener, { type: 'ended', code, message });
      this.close();
    } else {
      // A cursor may have become void with a new version of the server: from the top again.
      this.#reading = this.#top();
      this.#retrier.later();
    }
  }

  #finish(reading: Reading): void {
    const { settings } = this.#context;
    this.#reading = undefined;
    this.#read = reading;
    // What should have been shown and was not has left, unless an event told of it too lately for the index to know.
    this.#directory.forgetUnseen(this.#visible(), reading.found, reading.startedAt - settings.lagMs);
    this.#routine.set(settings.pingMs, () => this.refresh());
    this.#deliverList();
    if (this.#stale) this.restart();
  }

  #visible(): Conversation[] {
    const { department, status } = this.question;
    const read = this.#read;
    return this.#directory
      .list(department, status)
      .filter((it) => !read?.cursor || !read.last || byActivity(it, read.last) <= 0)
      .slice(0, this.#context.settings.maxListed);
  }

  /** What is as it was told is not told again. */
  #deliverList(): void {
    if (this.#closed || this.#taking || !this.#read) return;
    const complete = this.#read.cursor === undefined;
    const conversations = this.#visible();
    const told = JSON.stringify([complete, conversations]);
    if (told === this.#told) return;
    this.#told = told;
    notifyListener(this.#context, this.#listener, { type: 'list', conversations, complete });
  }
}
